// Work for later: tasks one by one, each when the browser has nothing better to do, so that no key press waits for more than one.
export function whenIdle(tasks: readonly (() => void)[]): void {
  const [task, ...rest] = tasks;
  if (!task) return;
  const run = () => {
    task();
    whenIdle(rest);
  };
  // Safari has no requestIdleCallback.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 50);
}
