// Small parts of the views of lists.
import type { BtfErrorInfo } from 'btfkit';
import { html, nothing } from 'lit-html';

const numbers: ReadonlySet<string> = new Set(['Instructions', 'Lines', 'Relocations', 'Offset', 'Size']);

/** A table that scrolls within its frame where it is too wide. `className` says what it is a table of. */
export function table(label: string, heads: readonly string[], rows: unknown, className = '') {
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${label}>
    <table class="table ${className}"><thead><tr>${heads.map((head) => html`<th scope="col" class=${numbers.has(head) ? 'number' : ''}>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>
  </div>`;
}

export function problem(error: BtfErrorInfo | undefined) {
  return error ? html`<p class="remark" role="alert">${error.message}</p>` : nothing;
}
