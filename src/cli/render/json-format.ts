import { toGoJson } from '../../base/go-template/value.ts';
import type { OutputFormat } from './output-format.ts';

/** One JSON object a line, keys sorted. */
export const jsonFormat: OutputFormat = {
  name: 'json',
  matches: (format) => format === 'json',
  render: ({ rows }) => rows.map((row) => `${toGoJson(row)}\n`).join(''),
};
