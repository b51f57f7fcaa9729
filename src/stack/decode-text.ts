import { LineIndex } from './line-index.ts';
import type { Report } from './report.ts';

/** What YAML does not allow anywhere in its text. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/**
 * The text of a stack file: UTF-8, or UTF-16 with a byte order mark; the mark itself is dropped.
 *
 * @returns undefined when the bytes are no text; the problem is reported
 * @source spec/stack-file.md section 4
 */
export function decodeText(name: string, bytes: Uint8Array, report: Report): string | undefined {
  const encoding = encodingOf(bytes);
  const text = decode(bytes, encoding, true);
  if (text === undefined) {
    const at = firstBadByte(bytes, encoding);
    const before = decode(bytes.subarray(0, at), encoding, false) ?? '';
    const start = new LineIndex(name, before).position(before.length);
    report({
      code: 'not-utf8',
      severity: 'error',
      message: `yaml: line ${start.line}: invalid ${encoding.toUpperCase()} at byte ${at}`,
      span: { file: name, start, end: start },
      hint: 'save the file as UTF-8',
    });
    return undefined;
  }
  const control = CONTROL.exec(text);
  if (!control) return text;
  const { index } = control;
  const code = text.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0');
  report({
    code: 'control-character',
    severity: 'error',
    message: `yaml: control characters are not allowed (U+${code})`,
    span: new LineIndex(name, text).span({ start: index, end: index + 1 }),
    hint: 'remove the character, or write it as an escape in double quotes',
  });
  return undefined;
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decode(bytes: Uint8Array, encoding: Encoding, fatal: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The longest prefix that decodes, by bisection: decoding is native, scanning here is not. */
function firstBadByte(bytes: Uint8Array, encoding: Encoding): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodesUpTo(bytes, middle, encoding)) good = middle;
    else bad = middle;
  }
  return good;
}

/** A prefix may end inside a character, so that character is left open (`stream`). */
function decodesUpTo(bytes: Uint8Array, length: number, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
    return true;
  } catch {
    return false;
  }
}
