/** What splitting gave; the reason is the text that docker prints. */
export type SplitWords =
  | { readonly kind: 'ok'; readonly words: readonly string[] }
  | { readonly kind: 'error'; readonly reason: string };

type State = 'between' | 'comment' | 'word' | 'single' | 'double';

/**
 * Splits a command string like a shell: blanks, quotes, backslashes, comments.
 *
 * A backslash makes the next character literal, a newline too: there is no line continuation.
 * @source google/shlex; spec/stack-file.md 8.2
 */
export function splitWords(text: string): SplitWords {
  const splitter = new WordSplitter();
  for (const char of text) splitter.take(char);
  return splitter.end();
}

class WordSplitter {
  readonly #words: string[] = [];
  #state: State = 'between';
  #isEscaped = false;
  #word = '';

  take(char: string): void {
    if (this.#isEscaped) {
      this.#word += char;
      this.#isEscaped = false;
      return;
    }
    switch (this.#state) {
      case 'between':
        this.#takeBetween(char);
        break;
      case 'comment':
        if (char === '\n') this.#state = 'between';
        break;
      case 'word':
        this.#takeInWord(char);
        break;
      case 'single':
        if (char === "'") this.#state = 'word';
        else this.#word += char;
        break;
      case 'double':
        this.#takeInDoubleQuotes(char);
        break;
    }
  }

  end(): SplitWords {
    if (this.#isEscaped) return { kind: 'error', reason: 'EOF found after escape character' };
    if (this.#state === 'single' || this.#state === 'double') {
      return { kind: 'error', reason: 'EOF found when expecting closing quote' };
    }
    if (this.#state === 'word') this.#finishWord();
    return { kind: 'ok', words: this.#words };
  }

  #takeBetween(char: string): void {
    if (isBlank(char)) return;
    if (char === '#') {
      this.#state = 'comment';
      return;
    }
    this.#state = 'word';
    this.#takeInWord(char);
  }

  #takeInWord(char: string): void {
    if (isBlank(char)) this.#finishWord();
    else if (char === "'") this.#state = 'single';
    else if (char === '"') this.#state = 'double';
    else if (char === '\\') this.#isEscaped = true;
    else this.#word += char;
  }

  #takeInDoubleQuotes(char: string): void {
    if (char === '"') this.#state = 'word';
    else if (char === '\\') this.#isEscaped = true;
    else this.#word += char;
  }

  #finishWord(): void {
    this.#words.push(this.#word);
    this.#word = '';
    this.#state = 'between';
  }
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}
