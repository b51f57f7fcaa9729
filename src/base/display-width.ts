/** Ranges of characters that take two columns on a terminal: East Asian wide and emoji. */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Columns that one character (a whole code point) takes on a terminal. @source Unicode UAX 11 */
export function characterWidth(character: string): 0 | 1 | 2 {
  const point = character.codePointAt(0) ?? 0;
  // Dashes, quotes and the ellipsis are as plain as letters; the pattern below is slow to compile.
  if (point < 0x300 || (point >= 0x2010 && point <= 0x2027)) return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}
