import { executeTemplate } from '../../../base/go-template/execute.ts';
import { LAZY_FUNCTIONS } from '../../../base/go-template/built-ins.ts';
import { HEADER_FUNCTIONS, TEMPLATE_FUNCTIONS } from './functions.ts';
import { parseTemplate } from '../../../base/go-template/parse.ts';
import type { TemplateValue } from '../../../base/go-template/value.ts';

/** A parsed template; both methods throw TemplateError. */
export interface GoTemplate {
  /** Unknown members of `row` itself are errors. */
  execute(row: TemplateValue): string;
  /** The header row: titles by field name; functions leave titles alone. */
  executeHeader(titles: Readonly<Record<string, string>>): string;
}

const FUNCTION_NAMES = new Set([...Object.keys(TEMPLATE_FUNCTIONS), ...LAZY_FUNCTIONS]);

/**
 * Parses the Go template subset that docker's users write in `--format`.
 *
 * Fields, methods, pipelines, variables, if/else/with/range/break/continue, comments, trim marks,
 * comparison, printf, and docker's functions. Not: define, template, block, call.
 * @throws TemplateError
 */
export function parseGoTemplate(template: string): GoTemplate {
  const nodes = parseTemplate(template, FUNCTION_NAMES);
  return {
    execute: (row) =>
      executeTemplate(nodes, row, { template, functions: TEMPLATE_FUNCTIONS, strict: true }),
    executeHeader: (titles) =>
      executeTemplate(nodes, titles, { template, functions: HEADER_FUNCTIONS, strict: false }),
  };
}
