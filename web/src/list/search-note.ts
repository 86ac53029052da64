// SearchNote: what is said beneath the search box. It waits until the keyboard rests: what is being typed is seldom whole. What no
// longer holds goes at once.

export interface Note {
  text: string;
  /** Something is not as it was meant; else it only takes a while. */
  wrong: boolean;
  /** Searches that may be meant. */
  instead?: readonly { search: string; label: string }[];
  /** It is an answer: it has waited already. */
  now?: boolean;
}

const patience = 400; // milliseconds

export class SearchNote {
  private said: Note | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when there is something to say now. */
  constructor(private readonly changed: () => void) {}

  get shown(): Note | undefined {
    return this.said;
  }

  set(note: Note | undefined): void {
    clearTimeout(this.timer);
    if (note?.text === this.said?.text && searches(note) === searches(this.said)) return;
    this.said = note?.now ? note : undefined;
    if (!note || note.now) return;
    this.timer = setTimeout(() => {
      this.said = note;
      this.changed();
    }, patience);
  }
}

function searches(note: Note | undefined): string {
  return note?.instead?.map(({ search }) => search).join(' ') ?? '';
}
