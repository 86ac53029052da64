// HoverCard: what a type is, beside the link to it, for those who rest on the link with the pointer or reach it by Tab. The card can be
// pointed at, stays until the pointer leaves both, and Escape takes it away.
import { html, render } from 'lit-html';
import { markC } from './c-text.ts';
import { bytes, counted } from '../common/format.ts';
import { kindFacts } from '../common/kinds.ts';
import { parseRoute, resolve } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';

/** Milliseconds that a link must be rested on, and those that it may be left: the way to the card. */
const patience = 350;
const grace = 250;
/** Pixels between the link and the card, and between the card and the edge of the screen. */
const gap = 6;
const links = 'a.c-type';

export class HoverCard {
  private readonly element = document.createElement('div');
  /** What it is, or will be, about. */
  private link: Element | undefined;
  private shown = false;
  private timer = 0;
  private texts = new WeakMap<OpenFile, Map<number, Promise<string>>>();

  /** Watches all links to types, now and later. `file`: the one that is open. */
  constructor(private readonly file: () => OpenFile | undefined) {
    this.element.className = 'hover-card';
    this.element.setAttribute('role', 'tooltip');
    this.element.hidden = true;
    document.addEventListener('pointerover', ({ target, pointerType }) => pointerType !== 'touch' && this.over(target as Element));
    document.addEventListener('pointerdown', ({ target }) => this.element.contains(target as Node) || this.hide());
    document.addEventListener('focusin', ({ target }) => this.focused(target as Element));
    document.addEventListener('keydown', (event) => this.key(event), { capture: true });
    document.addEventListener('scroll', ({ target }) => this.shown && !this.element.contains(target as Node) && this.hide(), { capture: true, passive: true });
    for (const type of ['hashchange', 'blur', 'resize']) addEventListener(type, () => this.hide());
  }

  private over(target: Element): void {
    if (this.element.contains(target)) return this.after(0, () => {}); // it stays
    const link = target.closest?.(links) ?? undefined;
    if (link && link === this.link && this.shown) this.after(0, () => {});
    else if (link) this.aim(link);
    else if (this.link && document.activeElement !== this.link) this.after(this.shown ? grace : 0, () => this.hide());
  }

  private focused(target: Element): void {
    if (this.element.contains(target)) return;
    if (target !== this.link) this.hide(); // at once: it might cover what has the focus now
    if (target.matches(`${links}:focus-visible`)) this.aim(target);
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.shown) return;
    this.hide();
    // Escape leads elsewhere, too: one thing at a time.
    event.preventDefault();
    event.stopPropagation();
  }

  /** Shows the card of a link soon. One that is shown already gives way only then: on the way to it, other links are crossed. */
  private aim(link: Element): void {
    if (!this.shown) this.link = link;
    this.after(patience, () => void this.show(link));
  }

  private after(milliseconds: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, milliseconds);
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.link?.removeAttribute('aria-describedby');
    this.link = undefined;
    this.shown = false;
    this.element.hidden = true;
  }

  private async show(link: Element): Promise<void> {
    const file = this.file();
    const route = parseRoute(link.getAttribute('href') ?? '');
    if (!file || route?.view !== 'type') return this.hide();
    const types = [file.types, file.types.below].find((level) => level && resolve(level, route) >= 0);
    if (!types) return this.hide();
    const row = resolve(types, route);
    this.hide();
    this.link = link;
    const text = await this.text(file, types.id(row));
    if (this.link !== link || !link.isConnected) return;
    const { label, family, counts } = kindFacts(types.kind(row));
    const size = types.size(row);
    const elements = types.elements(row);
    const facts = [size === undefined ? '' : bytes(size), elements !== undefined && counts ? counted(elements, ...counts) : ''].filter(Boolean);
    render(
      html`<p id="hover-facts"><span class="badge" data-family=${family}>${label}</span> <strong>${types.label(row)}</strong> <span class="hover-facts">${facts.join(', ')}</span></p>
        <pre><code>${markC(text, () => undefined)}</code></pre>`,
      this.element,
    );
    (link.closest('main') ?? document.body).append(this.element); // it belongs to what the link is in
    this.element.hidden = false;
    this.shown = true;
    link.setAttribute('aria-describedby', 'hover-facts');
    this.place(link.getClientRects()[0] ?? link.getBoundingClientRect());
  }

  /** Below the link, or above it where there is more room; within the screen. */
  private place(at: DOMRect): void {
    const { style } = this.element;
    style.left = style.top = '0';
    const { width, height } = this.element.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const below = at.bottom + gap;
    const top = below + height <= clientHeight - gap || at.top < clientHeight - at.bottom ? below : at.top - gap - height;
    style.left = `${Math.max(gap, Math.min(at.left, clientWidth - width - gap))}px`;
    style.top = `${Math.max(gap, Math.min(top, clientHeight - height - gap))}px`;
  }

  /** Asked once for each type of a file. */
  private text(file: OpenFile, id: number): Promise<string> {
    const texts = this.texts.get(file) ?? new Map<number, Promise<string>>();
    this.texts.set(file, texts);
    const text = texts.get(id) ?? file.session.ask('glance', { id }).catch(() => '');
    texts.set(id, text);
    return text;
  }
}
