// Numbers as people read them. English, like the rest of the page.
const whole = new Intl.NumberFormat('en');

/** 126331 -> "126,331" */
export function count(value: number): string {
  return whole.format(value);
}

/** 1, "type" -> "1 type"; 2 -> "2 types" */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 5515236 -> "5.3 MiB"; below 1 KiB the exact number. */
export function bytes(value: number): string {
  if (value < 1024) return counted(value, 'byte');
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = value / 1024;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[unit]}`;
}

/** Milliseconds -> "48 ms", "1.2 s" */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(1, Math.round(milliseconds))} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
