// Settings: what the page remembers between visits, and nothing of any file. Kept together under one key of localStorage whose
// number goes up when their meaning changes. Where that is refused (private windows, some browsers on file://) they last as long as
// the page. What is found there is not trusted: a value that is not allowed counts as none.

export interface Setting<T> {
  get(): T;
  set(value: T): void;
}

type Plain = string | number | boolean;

const key = 'btfkit.settings.1';
let settings: Record<string, unknown> = {};
read();

/**
 * A setting by its name; `fallback` is its value until it is set.
 *   const compact = setting('compact', false);
 *   const order = setting('sort', 'id', ['id', 'name', 'size']);
 *   const width = setting('list width', 400, (value) => value >= 200 && value <= 2000);
 */
export function setting(name: string, fallback: boolean): Setting<boolean>;
export function setting<const T extends string | number>(name: string, fallback: NoInfer<T>, allowed: readonly T[]): Setting<T>;
export function setting(name: string, fallback: number, allowed: (value: number) => boolean): Setting<number>;
export function setting(name: string, fallback: Plain, allowed?: readonly Plain[] | ((value: number) => boolean)): Setting<Plain> {
  const valid = (value: unknown): value is Plain => {
    if (typeof value !== typeof fallback || Number.isNaN(value)) return false;
    return typeof allowed === 'function' ? allowed(value as number) : (allowed?.includes(value as Plain) ?? true);
  };
  return {
    get() {
      const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
      return valid(value) ? value : fallback;
    },
    set(value) {
      if (!valid(value)) return;
      read(); // another window may have changed others
      settings = { ...settings, [name]: value };
      try {
        localStorage.setItem(key, JSON.stringify(settings));
      } catch {
        // Refused or full: they last as long as the page.
      }
    },
  };
}

function read(): void {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) settings = { ...settings, ...found };
  } catch {
    // Refused, or not what this page wrote.
  }
}
