// Buttons that do something whose success is not seen: copy a text, save a file. They say how it went, also to those who only hear it.
import { html } from 'lit-html';
import { copy, save } from './icons.ts';

/** Copies what `text` gives, now or later, then perhaps as a Blob. */
export function copyButton(text: () => string | Promise<string | Blob>, label = 'Copy') {
  return html`<button class="button copy" @click=${(event: Event) => tell(event, label, () => toClipboard(text()))}>${copy}<span>${label}</span></button>
    <span class="unseen" role="status"></span>`;
}

/** Saves a file; `act` resolves to its name, or undefined when there is none. */
export function saveButton(act: () => Promise<string | undefined>, label: string) {
  const saved = async () => {
    const name = await act();
    return name === undefined ? 'Not saved' : `Saved ${name}`;
  };
  return html`<button class="button save" @click=${(event: Event) => tell(event, label, saved)}>${save}<span>${label}</span></button>
    <span class="unseen" role="status"></span>`;
}

async function tell(event: Event, label: string, act: () => Promise<string>): Promise<void> {
  const button = event.currentTarget as Element;
  const words = button.querySelector('span') as HTMLElement;
  const status = button.nextElementSibling as HTMLElement;
  const outcome = await act().catch((fault: unknown) => (fault instanceof Error && fault.message) || 'Not possible');
  words.textContent = status.textContent = outcome;
  setTimeout(() => {
    words.textContent = label;
    status.textContent = '';
  }, 2000);
}

async function toClipboard(text: string | Promise<string | Blob>): Promise<string> {
  const copied = () => 'Copied';
  const refused = () => 'Not allowed';
  // Pages that came over plain http have no clipboard.
  if (!navigator.clipboard) return refused();
  if (typeof text === 'string') return navigator.clipboard.writeText(text).then(copied, refused);
  // Safari only allows what was begun within the click: it is handed a text that is not there yet.
  const blob = text.then((all) => new Blob([all], { type: 'text/plain' }));
  if (typeof ClipboardItem === 'undefined') return navigator.clipboard.writeText(await (await blob).text()).then(copied, refused);
  const written = navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]).then(copied, refused);
  await text; // its own failure says more than that of the clipboard
  return written;
}
