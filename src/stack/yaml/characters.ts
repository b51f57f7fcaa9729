/** Ends the text the scanner sees; a real NUL never gets this far (see `document.ts`). */
export const END = 0;

export const TAB = 0x09;
export const SPACE = 0x20;
export const HASH = 0x23;
export const COLON = 0x3a;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;

/** Line feed, carriage return, and the three line breaks of YAML 1.1. */
export function isBreak(code: number): boolean {
  return (
    code === LINE_FEED ||
    code === CARRIAGE_RETURN ||
    code === 0x85 ||
    code === 0x2028 ||
    code === 0x2029
  );
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isBreakOrEnd(code: number): boolean {
  return code === END || isBreak(code);
}

export function isSpaceOrEnd(code: number): boolean {
  return code === SPACE || code === TAB || isBreakOrEnd(code);
}

/** ASCII letters: no indicator is one, so a plain scalar begins. */
export function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** Letters, digits, `_` and `-`: what anchors and tag handles are made of. */
export function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d
  );
}

/** The character codes of a string, for membership tests. */
export function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (one) => one.charCodeAt(0)));
}
