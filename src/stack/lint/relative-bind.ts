import { lintServices } from './lint-rule.ts';

/** What stands beside the stack file is not there on other nodes. */
export const relativeBind = lintServices('relative-bind', (service) =>
  (service.volumes ?? []).flatMap(({ isRelative, source = '' }, index) =>
    isRelative === true
      ? [
          {
            path: ['volumes', index],
            message: `${source} must exist on every node that may run the task; only this machine has it`,
            hint: 'use a config for a small file, a named volume for data, or write an absolute path',
          },
        ]
      : [],
  ),
);
