// Glob: a pattern for a whole name, whatever the case: * for any part of it, ? for one character. The browser's regular expressions
// are fastest, but with many * they may take forever for a long name: that is walked through, at most once for each *.
import { reachOf } from './regex-cost.ts';

export class Glob {
  readonly reach = Infinity;
  private readonly glob: string;
  private readonly regex: RegExp;
  /** Characters of the longest name that the regular expression is given. */
  private readonly limit: number;

  constructor(text: string) {
    this.glob = text.toLowerCase().replace(/\*+/g, '*');
    const source = `^${this.glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`;
    this.regex = new RegExp(source, 'is');
    const reach = reachOf(source, 'is');
    this.limit = typeof reach === 'number' ? reach : 0;
  }

  test(name: string): boolean {
    return name.length <= this.limit ? this.regex.test(name) : this.walk(name.toLowerCase());
  }

  private walk(text: string): boolean {
    const { glob } = this;
    let at = 0;
    let star = -1; // the last one, and where what it stands for ends at present
    let end = 0;
    for (let i = 0; i < text.length; ) {
      if (glob[at] === '*') {
        star = at++;
        end = i;
      } else if (at < glob.length && (glob[at] === '?' || glob[at] === text[i])) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++end;
      } else return false;
    }
    return at === glob.length || (at === glob.length - 1 && glob[at] === '*');
  }
}
