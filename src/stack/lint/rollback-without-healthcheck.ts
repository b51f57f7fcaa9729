import { lintServices } from './lint-rule.ts';

/** Without a check only a process that ends counts as a failure. */
export const rollbackWithoutHealthcheck = lintServices(
  'rollback-without-healthcheck',
  (service) => {
    if (service.deploy?.update_config?.failure_action !== 'rollback') return [];
    const { test = [], disable } = service.healthcheck ?? {};
    if (disable !== true && test.length > 0 && test[0] !== 'NONE') return [];
    return [
      {
        path: ['deploy', 'update_config', 'failure_action'],
        message:
          'a new version that starts and does not work is not rolled back: nothing checks it',
        hint: 'write a healthcheck, unless the image has one',
      },
    ];
  },
);
