import { CARRIAGE_RETURN, LINE_FEED, SPACE, isBlank, isBreak } from './characters.ts';
import { failSyntax } from './yaml-error.ts';

/** A position in the text that knows its line and column. */
export class Cursor {
  /** Ends with one NUL, so that looking ahead never leaves the string. */
  readonly text: string;
  at = 0;
  /** 0-based. */
  line = 0;
  private lineStart = 0;

  constructor(text: string) {
    this.text = `${text}\0`;
  }

  /** Character code at the position, or some characters behind it. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** 0-based, in UTF-16 units. */
  get column(): number {
    return this.at - this.lineStart;
  }

  /** Whether the text goes on with `word` here. */
  looksAt(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

  /** Moves behind a line break (CR LF is one) and returns how it reads in a scalar. */
  takeBreak(): string {
    const code = this.code();
    this.at += code === CARRIAGE_RETURN && this.code(1) === LINE_FEED ? 2 : 1;
    this.line += 1;
    this.lineStart = this.at;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n';
  }

  skipBlanks(): void {
    while (isBlank(this.code())) this.at += 1;
  }

  /** Up to the end of the line. */
  skipComment(): void {
    while (this.code() !== 0 && !isBreak(this.code())) this.at += 1;
  }

  /** Whether a document marker (`---` or `...`) stands here. */
  atDocumentMarker(): boolean {
    if (this.at !== this.lineStart) return false;
    const after = this.text.charCodeAt(this.at + 3);
    const endsWord = after === 0 || after === SPACE || after === 9 || isBreak(after);
    return endsWord && (this.looksAt('---') || this.looksAt('...'));
  }

  /** @throws YamlError at the character under the cursor */
  fail(message: string, hint?: string): never {
    const { at } = this;
    const atEnd = at >= this.text.length - 1;
    return failSyntax(message, { start: at, end: atEnd ? at : at + 1 }, hint);
  }
}
