import type { KeySpec } from '../key-spec.ts';
import { text } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';

/**
 * The network of the node or of its engine, in place of `networks`; converted before `networks`.
 *
 * Docker ignores it; the Compose Specification's format does not.
 * @source research/demand.md 5.3
 */
export const networkMode: KeySpec<string> = {
  codec: text,
  support: 'ignored',
  notice: 'unsupported',
  reason: 'attach the service to networks',
  convert: (value, scope) => {
    if (scope.format === 'docker' || value === '' || value === 'default') return;
    if (value === 'host' || value === 'bridge') {
      reportNetworks(value, scope);
      scope.draft.task.Networks = [{ Target: value }];
      return;
    }
    scope.error(['network_mode'], {
      code: 'network-mode-refused',
      reason: `network_mode "${value}" is not possible for tasks of a cluster`,
      hint: HINTS[value.split(':')[0] ?? ''] ?? 'Swarm knows host and bridge; or use networks',
    });
  },
};

const HINTS: Readonly<Record<string, string>> = {
  none: 'use an internal network of its own: networks: {alone: {internal: true}}',
  service: 'attach both services to one network; they reach each other by name',
  container: 'attach both to one network; a container of another project needs an attachable one',
};

function reportNetworks(value: string, scope: ServiceScope): void {
  if (scope.values['networks'] === undefined) return;
  scope.error(['network_mode'], {
    code: 'conflicting-keys',
    reason: `network_mode ${value} and networks cannot be combined`,
    hint: 'keep one of the two',
  });
}

/** Whether a service is on a predefined network only, so that no network of the stack is used. */
export function usesPredefinedNetwork(mode: string | undefined): boolean {
  return mode === 'host' || mode === 'bridge';
}
