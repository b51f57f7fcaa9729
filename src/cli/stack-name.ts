import { EXIT_CODE, UserError } from '../base/errors.ts';

/**
 * Refuses a stack name of which nothing remains without blanks and quotes, as docker does.
 * @source spec/stack-file.md section 1.3
 */
export function checkStackName(name: string): void {
  if (name.replace(/^[\s"']+|[\s"']+$/gu, '') !== '') return;
  throw new UserError(`invalid stack name: ${JSON.stringify(name)}`, {
    code: 'invalid-stack-name',
    exitCode: EXIT_CODE.usage,
    hint: 'A stack name has letters and digits in it.',
  });
}
