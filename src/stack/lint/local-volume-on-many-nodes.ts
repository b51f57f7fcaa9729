import { lookUp } from '../service-scope.ts';
import { lintServices } from './lint-rule.ts';

/** Every node has a volume of its own under the name. */
export const localVolumeOnManyNodes = lintServices(
  'local-volume-on-many-nodes',
  (service, _name, { volumes }) => {
    const constraints = service.deploy?.placement?.constraints ?? [];
    if (constraints.some((one) => /^node\.(?:hostname|id|labels)/.test(one.trim()))) return [];
    return (service.volumes ?? []).flatMap(({ type, source = '' }, index) => {
      const volume = type === 'volume' || type === undefined ? lookUp(volumes, source) : undefined;
      const driver = volume?.driver ?? 'local';
      const isLocal = driver === '' || driver === 'local';
      if (!volume || !isLocal || volume.external || volume.driver_opts) return [];
      return [
        {
          path: ['volumes', index],
          message: `the volume ${source} is another one on every node; a task that moves finds it empty`,
          hint: 'keep the service on one node with a constraint on node.hostname or a label, or use a volume driver that shares',
        },
      ];
    });
  },
);
