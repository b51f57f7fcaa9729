import { alignColumns } from './align-columns.ts';
import { parseGoTemplate } from './go-template/go-template.ts';
import { printValue } from '../../base/go-template/value.ts';
import { trimBlanks, type OutputFormat } from './output-format.ts';

/**
 * `table` is the default table, `table TEMPLATE` one of the user's own; docker asks for no blank
 * between them.
 */
export const tableFormat: OutputFormat = {
  name: 'table',
  matches: (format) => format.startsWith('table'),
  render(listing, format, quiet) {
    const rows = listing.tableRows ?? listing.rows;
    const template = trimBlanks(format.slice('table'.length));
    if (template === '' && quiet) {
      return listing.rows.map((row) => `${printValue(row[listing.quietField])}\n`).join('');
    }
    if (template === '') {
      const header = listing.columns.map((field) => listing.titles[field] ?? field);
      const cells = rows.map((row) => listing.columns.map((field) => printValue(row[field])));
      return alignColumns([header, ...cells].map((line) => `${line.join('\t')}\n`).join(''));
    }
    const parsed = parseGoTemplate(template);
    const lines = rows.map((row) => `${parsed.execute(row)}\n`);
    return alignColumns(`${parsed.executeHeader(listing.titles)}\n${lines.join('')}`);
  },
};
