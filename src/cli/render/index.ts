import { jsonFormat } from './json-format.ts';
import type { OutputFormat } from './output-format.ts';
import { rawFormat } from './raw-format.ts';
import { tableFormat } from './table-format.ts';
import { templateFormat } from './template-format.ts';

/** Output formats behind `--format`; the first that matches is used. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  tableFormat,
  jsonFormat,
  rawFormat,
  templateFormat,
];
