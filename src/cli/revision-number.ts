import { EXIT_CODE, UserError } from '../base/errors.ts';

/** `12`, or `r12`. @throws UserError */
export function parseRevision(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = /^r?([1-9]\d{0,8})$/.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  throw new UserError(`${JSON.stringify(text)} is not the number of a revision`, {
    code: 'invalid-revision',
    exitCode: EXIT_CODE.usage,
    hint: 'Revisions have numbers from 1; tstack history lists them.',
  });
}
