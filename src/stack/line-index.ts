import type { Position, Span } from '../base/diagnostic.ts';

/** Turns UTF-16 offsets of one text into lines and columns. */
export class LineIndex {
  private readonly starts: number[] = [0];
  private readonly file: string;

  constructor(file: string, text: string) {
    this.file = file;
    for (const match of text.matchAll(/\r\n|\n|\r/g))
      this.starts.push(match.index + match[0].length);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }

  span(extent: { readonly start: number; readonly end: number }): Span {
    return {
      file: this.file,
      start: this.position(extent.start),
      end: this.position(extent.end),
    };
  }
}
