import type { Cursor } from './cursor.ts';
import { isSpaceOrEnd, isWord } from './characters.ts';

const CORE_PREFIX = 'tag:yaml.org,2002:';

/**
 * Reads a tag in its short form: `!!int`, `!name`, or `!`.
 *
 * `!<tag:yaml.org,2002:int>` reads as `!!int`.
 * @throws YamlError for a malformed tag
 */
export function scanTag(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at += 1;
  if (cursor.looksAt('<')) return scanVerbatim(cursor);
  while (!isSpaceOrEnd(cursor.code()) && isTagCharacter(cursor.code())) cursor.at += 1;
  const tag = cursor.text.slice(start, cursor.at);
  if (tag === '!!') cursor.fail('did not find expected tag URI');
  return tag;
}

function scanVerbatim(cursor: Cursor): string {
  const close = cursor.text.indexOf('>', cursor.at);
  const uri = close < 0 ? '' : cursor.text.slice(cursor.at + 1, close);
  if (uri === '' || /\s/.test(uri)) cursor.fail("did not find the expected '>'");
  cursor.at = close + 1;
  return uri.startsWith(CORE_PREFIX) ? `!!${uri.slice(CORE_PREFIX.length)}` : `!<${uri}>`;
}

const TAG_PUNCTUATION = new Set(Array.from(";/?:@&=+$,.!~*'()[]%", (one) => one.charCodeAt(0)));

function isTagCharacter(code: number): boolean {
  return isWord(code) || TAG_PUNCTUATION.has(code);
}
