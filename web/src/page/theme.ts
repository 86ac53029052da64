// Light or dark: as the system has it, until the user says otherwise; saying what the system says is following it again.
import { setting } from './settings.ts';

const theme = setting('theme', 'system', ['system', 'light', 'dark']);
const system = matchMedia('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  return theme.get() === 'system' ? system.matches : theme.get() === 'dark';
}

/** Before anything is drawn. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme.get();
}

export function toggleTheme(): void {
  const dark = !isDark();
  theme.set(dark === system.matches ? 'system' : dark ? 'dark' : 'light');
  applyTheme();
}

/** `changed` is called when the system changes its own. */
export function onSystemTheme(changed: () => void): void {
  system.addEventListener('change', changed);
}
