import { printValue } from '../../base/go-template/value.ts';
import type { OutputFormat } from './output-format.ts';

/** `name: value` lines, a blank line after each row; `--quiet` leaves the id line only. */
export const rawFormat: OutputFormat = {
  name: 'raw',
  matches: (format) => format === 'raw',
  render({ rows, raw = [], quietField }, _format, quiet) {
    const fields = quiet ? raw.filter(([, field]) => field === quietField) : raw;
    return rows
      .map((row) => {
        const lines = fields.map(([name, field]) => `${name}: ${printValue(row[field])}\n`);
        return lines.join('') + (quiet ? '' : '\n');
      })
      .join('');
  },
};
