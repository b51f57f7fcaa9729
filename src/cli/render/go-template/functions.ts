import {
  BUILT_INS,
  toCount,
  toText,
  type FunctionTable,
} from '../../../base/go-template/built-ins.ts';
import {
  isMap,
  printValue,
  toGoJson,
  toPlainJson,
  type TemplateValue,
} from '../../../base/go-template/value.ts';

/** What docker adds. @source docker/cli templates/templates.go */
const DOCKER_FUNCTIONS: FunctionTable = {
  // Parity: only a row itself, which is a structure of docker's own, is escaped for HTML.
  json: (value) => (isMap(value) ? toGoJson(value) : toPlainJson(value)),
  split: (text, separator) => toText(text, 'split').split(toText(separator, 'split')),
  join: (list, separator) => {
    if (!Array.isArray(list)) throw new Error('wrong type for value; expected []string');
    return list.map(printValue).join(toText(separator, 'join'));
  },
  title: (text) => toText(text, 'title').replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, upperLast),
  lower: (text) => mapLetters(toText(text, 'lower'), (one) => one.toLowerCase()),
  upper: (text) => mapLetters(toText(text, 'upper'), (one) => one.toUpperCase()),
  pad: (text, before, after) => {
    const inner = toText(text, 'pad');
    if (inner === '') return '';
    return ' '.repeat(toCount(before)) + inner + ' '.repeat(toCount(after));
  },
  truncate: (text, length) =>
    Array.from(toText(text, 'truncate')).slice(0, toCount(length)).join(''),
};

/** Everything a `--format` template may call. */
export const TEMPLATE_FUNCTIONS: FunctionTable = { ...BUILT_INS, ...DOCKER_FUNCTIONS };

/**
 * The same names for the header row: a column's title goes through unchanged.
 * @source docker/cli templates/templates.go HeaderFunctions
 */
export const HEADER_FUNCTIONS: FunctionTable = {
  ...BUILT_INS,
  ...Object.fromEntries(
    Object.keys(DOCKER_FUNCTIONS).map((name) => [name, (value: TemplateValue) => value]),
  ),
  split: (value) => [value],
  join: (value) => (Array.isArray(value) ? value[0] : value),
};

/** Go changes letter by letter: what would become several letters (`ß`) stays. */
function mapLetters(text: string, change: (letter: string) => string): string {
  return Array.from(text, (letter) => {
    const changed = change(letter);
    return Array.from(changed).length === 1 ? changed : letter;
  }).join('');
}

function upperLast(_match: string, before: string, letter: string): string {
  return before + letter.toUpperCase();
}
