import { parseGoTemplate } from './go-template/go-template.ts';
import { trimBlanks, type OutputFormat } from './output-format.ts';

/** A Go template, one line per row. Anything that is no other format. */
export const templateFormat: OutputFormat = {
  name: 'TEMPLATE',
  matches: () => true,
  render({ rows }, format) {
    const template = parseGoTemplate(trimBlanks(format));
    return rows.map((row) => `${template.execute(row)}\n`).join('');
  },
};
