// A button that copies a text, and says whether it could.
import { html } from 'lit-html';
import { copy } from './icons.ts';

export function copyButton(text: () => string, label = 'Copy') {
  return html`<button class="button copy" @click=${(event: Event) => copyText(event, text(), label)}>${copy}<span>${label}</span></button>
    <span class="unseen" role="status"></span>`;
}

async function copyText(event: Event, text: string, label: string): Promise<void> {
  const button = event.currentTarget as Element;
  const words = button.querySelector('span') as HTMLElement;
  const status = button.nextElementSibling as HTMLElement;
  const outcome = await navigator.clipboard.writeText(text).then(
    () => 'Copied',
    () => 'Not allowed',
  );
  words.textContent = status.textContent = outcome;
  setTimeout(() => {
    words.textContent = label;
    status.textContent = '';
  }, 1500);
}
