import {
  BUILT_INS,
  toCount,
  toText,
  type FunctionTable,
} from '../../../base/go-template/built-ins.ts';
import { printValue, toGoJson, type TemplateValue } from '../../../base/go-template/value.ts';

/** What docker adds. @source docker/cli templates/templates.go */
const DOCKER_FUNCTIONS: FunctionTable = {
  json: (value) => toGoJson(value),
  split: (text, separator) => toText(text, 'split').split(toText(separator, 'split')),
  join: (list, separator) => {
    if (!Array.isArray(list)) throw new Error('wrong type for value; expected []string');
    return list.map(printValue).join(toText(separator, 'join'));
  },
  title: (text) => toText(text, 'title').replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, upperLast),
  lower: (text) => toText(text, 'lower').toLowerCase(),
  upper: (text) => toText(text, 'upper').toUpperCase(),
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

function upperLast(_match: string, before: string, letter: string): string {
  return before + letter.toUpperCase();
}
