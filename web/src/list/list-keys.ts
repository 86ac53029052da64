// Keys of the list of types: where each moves the active row. Letters, Home and End stay with a text that is being edited.
export interface Place {
  active: number;
  /** Rows that fit on screen. */
  page: number;
  last: number;
}

export function movedBy(event: KeyboardEvent, { active, page, last }: Place): number | undefined {
  switch (event.key) {
    case 'ArrowDown':
      return active + 1;
    case 'ArrowUp':
      return active - 1;
    case 'PageDown':
      return active + page;
    case 'PageUp':
      return active - page;
  }
  if (event.currentTarget instanceof HTMLInputElement) return undefined;
  switch (event.key) {
    case 'j':
      return active + 1;
    case 'k':
      return active - 1;
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
