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

/** How a column is sorted. */
export const direction = (down: boolean) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${down ? 'M8 3v10m-3.5-3.5L8 13l3.5-3.5' : 'M8 13V3M4.5 6.5 8 3l3.5 3.5'} /></svg>`;
export const save = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" /></svg>`;
