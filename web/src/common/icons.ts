// The few drawings of the page; each stands beside words, so none has a name of its own.
import { html } from 'lit-html';

/** Three records of different length: a type table. */
export const logo = html`<svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
  <rect class="logo-a" x="3" y="4" width="18" height="4" rx="1.2" />
  <rect class="logo-b" x="3" y="10" width="7" height="4" rx="1.2" /><rect class="logo-c" x="12" y="10" width="9" height="4" rx="1.2" />
  <rect class="logo-c" x="3" y="16" width="12" height="4" rx="1.2" /><rect class="logo-a" x="17" y="16" width="4" height="4" rx="1.2" />
</svg>`;

export const lock = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <rect x="3" y="7" width="10" height="6.5" rx="1.5" /><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
</svg>`;

export const back = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M10 3 5 8l5 5" /></svg>`;

export const copy = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 3.2A1.5 1.5 0 0 0 9.2 2.5H4A1.5 1.5 0 0 0 2.5 4v5.2a1.5 1.5 0 0 0 .7 1.3" />
</svg>`;

export const warning = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <path d="M8 2.2 14.3 13.3H1.7Z" /><path d="M8 6.5v3.2M8 11.4v.2" />
</svg>`;

export const close = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 4 8 8M12 4l-8 8" /></svg>`;

export const sun = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <circle cx="8" cy="8" r="2.8" /><path d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1" />
</svg>`;

export const moon = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M13.6 9.7A6 6 0 0 1 6.3 2.4a6 6 0 1 0 7.3 7.3Z" /></svg>`;

/** One thing on top of another. */
export const split = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <rect x="2.5" y="9" width="11" height="4.5" rx="1" /><rect x="5" y="2.5" width="6" height="3.6" rx="1" stroke-dasharray="1.6 1.4" />
</svg>`;

/** How a column is sorted. */
export const direction = (down: boolean) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${down ? 'M8 3v10m-3.5-3.5L8 13l3.5-3.5' : 'M8 13V3M4.5 6.5 8 3l3.5 3.5'} /></svg>`;
export const save = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" /></svg>`;
