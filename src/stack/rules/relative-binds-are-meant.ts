import { ignoredCodes } from '../keys/x-tstack-table.ts';
import { relativeBind } from '../lint/relative-bind.ts';
import type { ModelRule } from './rule.ts';

/**
 * A bind mount beside the stack file is refused in compose-spec files, unless they say so.
 *
 * Docker accepts it, and then it is a lint finding only.
 * @source D-0222
 */
export const relativeBindsAreMeant: ModelRule = (model, { format, report }) => {
  if (format === 'docker') return;
  for (const { path, message, hint } of relativeBind.check(model)) {
    if (ignoredCodes(model, path).has(relativeBind.code)) continue;
    report(path, {
      code: relativeBind.code,
      severity: 'error',
      message: `service ${String(path[1])}: ${message}`,
      hint: `${hint}; on one machine: x-tstack: {ignore: [${relativeBind.code}]}`,
    });
  }
};
