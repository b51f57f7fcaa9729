import { EXIT_CODE, UserError } from '../../base/errors.ts';
import { TemplateError } from '../../base/go-template/template-error.ts';
import { toGoJson, type TemplateValue } from '../../base/go-template/value.ts';
import { parseGoTemplate } from './go-template/go-template.ts';

/**
 * Objects of the API by `json` (one a line) or a Go template.
 * @throws UserError `template parsing error: …`
 */
export function renderObjects(objects: readonly object[], format: string): string {
  const values = objects as unknown as readonly TemplateValue[];
  try {
    const print = format === 'json' ? toGoJson : templatePrinter(format);
    return values.map((value) => `${print(value)}\n`).join('');
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UserError(`template parsing error: ${error.message}`, {
      code: 'bad-template',
      exitCode: EXIT_CODE.failed,
      hint: "Without --format the whole object is printed: its members are the template's fields.",
      cause: error,
    });
  }
}

function templatePrinter(format: string): (value: TemplateValue) => string {
  const template = parseGoTemplate(format);
  return (value) => template.execute(value);
}
