// SearchNote: what is said beneath the search box. It waits until the keyboard rests: what is being typed is seldom whole. What no
// longer holds goes at once.

export interface Note {
  text: string;
  /** Something is not as it was meant; else it only takes a while. */
  wrong: boolean;
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
    if (note?.text === this.said?.text) return;
    this.said = undefined;
    if (!note) return;
    this.timer = setTimeout(() => {
      this.said = note;
      this.changed();
    }, patience);
  }
}
