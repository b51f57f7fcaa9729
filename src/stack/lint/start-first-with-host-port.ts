import { lintServices } from './lint-rule.ts';

/** The old task holds the port of its node until it stops, so the new one cannot start beside it. */
export const startFirstWithHostPort = lintServices('start-first-with-host-port', (service) => {
  if (service.deploy?.update_config?.order !== 'start-first') return [];
  const index = (service.ports ?? []).findIndex(({ mode }) => mode === 'host');
  if (index < 0) return [];
  return [
    {
      path: ['deploy', 'update_config', 'order'],
      message:
        'start-first needs a second node for every task, because the port is one of the node',
      hint: 'use stop-first, or publish the port with mode ingress',
    },
  ];
});
