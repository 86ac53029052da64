// A type as C whose members can be opened in place: their own members are then written out within, as deep as one likes. The text on
// screen is what is copied.
import { type Body, innerBody, memberName, openLine, wholeBody } from './c-lines.ts';
import { linkedC } from './c-links.ts';
import { counted } from '../common/format.ts';
import type { Declaration } from '../common/messages.ts';
import type { OpenFile } from '../page/state.ts';

/** "Open all" opens so many at most, and no deeper: types hold each other in exponentially many ways. */
const mostOpened = 250;
const deepest = 12;
/** What is longer, or has more to open, is no kernel's: it is shown as it is. */
const longest = 300_000;
const mostMembers = 4000;

/** A member that can be opened. Its button stays in the document whatever becomes of its line: it has the focus. */
interface Member {
  open: boolean;
  depth: number;
  inner: Member[];
  toggle(open: boolean): Promise<void>;
}

export class CView {
  readonly element = document.createElement('span');
  /** Those of the text itself; none: nothing can be opened. */
  readonly members: Member[];
  private readonly texts = new Map<number, Promise<Declaration | undefined>>();

  /** `row`: the type that `declaration` is of. */
  constructor(
    private readonly file: OpenFile,
    declaration: Declaration,
    private readonly row: number,
  ) {
    const { text, opens } = declaration;
    const canOpen = opens.length > 0 && opens.length < mostMembers && text.length < longest;
    this.members = canOpen ? this.fill(this.element, wholeBody(declaration), 0) : [];
    if (!canOpen) this.element.replaceChildren(this.marked(text));
    this.element.className = this.members.length > 0 ? 'c-text can-open' : 'c-text';
  }

  get text(): string {
    return this.element.textContent;
  }

  /** Opens everything, level by level. Resolves to what to say about it. */
  async openAll(): Promise<string> {
    let left = mostOpened;
    for (let level = this.members; level.length > 0 && left > 0; level = level.flatMap(({ inner }) => inner)) {
      const closed = level.filter(({ open, depth }) => !open && depth < deepest).slice(0, left);
      left -= closed.length;
      await Promise.all(closed.map((member) => member.toggle(true)));
    }
    return left > 0 ? `${counted(mostOpened - left, 'member')} opened` : `Only the first ${mostOpened} were opened`;
  }

  closeAll(): string {
    for (const member of this.members) void member.toggle(false);
    return 'All are closed';
  }

  private fill(element: Element, { lines, opens, column }: Body, depth: number): Member[] {
    const members: Member[] = [];
    let from = 0;
    const plain = (end: number) => {
      if (end > from) element.append(this.marked(lines.slice(from, end).join('\n') + (end < lines.length ? '\n' : '')));
    };
    for (const [at, id] of opens) {
      plain(at);
      members.push(this.member(element, lines[at]!, id, depth, column));
      if (at + 1 < lines.length) element.append('\n');
      from = at + 1;
    }
    plain(lines.length);
    return members;
  }

  private member(parent: Element, line: string, id: number, depth: number, column: number): Member {
    const element = document.createElement('span');
    element.className = 'c-member';
    const button = document.createElement('button');
    button.className = 'disclose';
    button.setAttribute('aria-label', `Members of ${memberName(line)}`);
    const show = (...content: Node[]) => {
      while (button.nextSibling) button.nextSibling.remove();
      button.after(...content);
    };
    const member: Member = {
      open: false,
      depth,
      inner: [],
      toggle: async (open) => {
        member.open = open;
        const text = open ? await this.declaration(id) : undefined;
        if (member.open !== open || (open && !text)) return; // it was changed again meanwhile, or the file was closed
        button.setAttribute('aria-expanded', String(open));
        const parts = text && openLine(line, text.text, column);
        member.inner = [];
        if (!parts) return show(this.marked(line));
        const inner = document.createElement('span');
        inner.className = 'c-inner';
        member.inner = this.fill(inner, innerBody(text, parts.offset, parts.tabs, column), depth + 1);
        show(this.marked(`${parts.before}\n`), inner, this.marked(`\n${parts.behind}`));
      },
    };
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => void member.toggle(!member.open));
    element.append(button, this.marked(line));
    parent.append(element);
    return member;
  }

  private declaration(id: number): Promise<Declaration | undefined> {
    let text = this.texts.get(id);
    if (!text) this.texts.set(id, (text = this.file.session.ask('declaration', { id }).catch(() => undefined)));
    return text;
  }

  private marked(text: string): DocumentFragment {
    return linkedC(this.file.types, text, this.row);
  }
}
