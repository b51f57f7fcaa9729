import { lookUp } from '../../orchestrator/control/look-up.ts';
import { serviceStatus } from '../../orchestrator/service-status.ts';
import { toApiService } from '../../orchestrator/store/project.ts';
import type { StoreView } from '../../orchestrator/store/store-view.ts';
import type { StoredService } from '../../orchestrator/store/stored-object.ts';
import { insertDefaults } from '../../swarm/defaults.ts';
import type { ServiceSpec } from '../../swarm/service.ts';
import { isBelow } from '../api-version.ts';
import {
  matchesExactly,
  matchesLabels,
  matchesPrefix,
  readFilters,
  type ListFilters,
} from '../list-filters.ts';
import { empty, json, managerRoute, type Route } from '../route.ts';
import { serviceSpec } from '../shapes/service-spec.ts';
import { registryAuthOf } from '../registry-auth-header.ts';
import { refuseLocalNetworks } from '../service-networks.ts';
import { formatApiVersion } from '../api-version.ts';
import { withoutNewerFields } from '../../swarm/newer-fields.ts';

const FILTERS = ['id', 'name', 'label', 'mode', 'runtime'];

/** @source spec/engine-api.md section 6 */
export const serviceRoutes: readonly Route[] = [
  managerRoute({
    method: 'GET',
    path: '/services',
    handle: ({ query, version }, { swarm: { store } }) => {
      const filters = readFilters(query, FILTERS);
      const withStatus = query.strictFlag('status') && !isBelow(version, '1.41');
      const found = candidates(store.view, filters).filter((one) => matches(one, filters));
      return json(found.map((one) => (withStatus ? show(one, store.view) : toApiService(one))));
    },
  }),
  managerRoute({
    method: 'GET',
    path: '/services/:id',
    handle: ({ query, params }, { swarm: { store } }) => {
      const withDefaults = query.strictFlag('insertDefaults');
      const shown = toApiService(lookUp(store.view, 'service', params['id'] ?? ''));
      return json(withDefaults ? { ...shown, Spec: insertDefaults(shown.Spec) } : shown);
    },
  }),
  managerRoute<ServiceSpec>({
    method: 'POST',
    path: '/services/create',
    body: serviceSpec,
    handle: async ({ headers, version }, context, body) => {
      const registryAuth = registryAuthOf(headers);
      const spec = withoutNewerFields(body, formatApiVersion(version));
      await refuseLocalNetworks(spec, context);
      const { control, store } = context.swarm;
      const { ID } = control.createService(spec, { registryAuth });
      await store.durable();
      return json({ ID, Warnings: digestWarnings(spec, isBelow(version, '1.30')) }, 201);
    },
  }),
  managerRoute<ServiceSpec>({
    method: 'POST',
    path: '/services/:id/update',
    body: serviceSpec,
    handle: async ({ headers, version, query, params }, context, body) => {
      const quoted = query.version('service');
      const spec = withoutNewerFields(body, formatApiVersion(version));
      await refuseLocalNetworks(spec, context);
      const { control, store } = context.swarm;
      control.updateService(params['id'] ?? '', spec, {
        version: quoted,
        rollback: query.text('rollback'),
        registryAuthFrom: query.text('registryAuthFrom'),
        registryAuth: registryAuthOf(headers),
      });
      await store.durable();
      return json({ Warnings: null });
    },
  }),
  managerRoute({
    method: 'DELETE',
    path: '/services/:id',
    handle: async ({ params }, { swarm: { control, store } }) => {
      control.removeService(params['id'] ?? '');
      await store.durable();
      return empty();
    },
  }),
];

function show(service: StoredService, view: StoreView): unknown {
  const ServiceStatus = serviceStatus(service, view.tasksByService(service.ID));
  return { ...toApiService(service), ServiceStatus };
}

/** The services that can match at all: a whole id needs no search. */
function candidates(view: StoreView, filters: ListFilters): readonly StoredService[] {
  const ids = filters.get('id') ?? [];
  const found = ids.map((id) => view.get('service', id as StoredService['ID']));
  const isWhole = ids.length > 0 && found.every((one) => one !== undefined);
  return isWhole ? [...new Set(found)] : view.list('service');
}

function matches(service: StoredService, filters: ListFilters): boolean {
  const { ID, Spec } = service;
  return (
    matchesPrefix(filters, 'id', ID) &&
    matchesPrefix(filters, 'name', Spec.Name) &&
    matchesLabels(filters, 'label', Spec.Labels) &&
    matchesExactly(filters, 'mode', modeWord(Spec)) &&
    matchesExactly(filters, 'runtime', Spec.TaskTemplate.Runtime ?? 'container')
  );
}

const MODE_WORDS: Readonly<Record<string, string>> = {
  Global: 'global',
  ReplicatedJob: 'replicated-job',
  GlobalJob: 'global-job',
};

function modeWord({ Mode }: ServiceSpec): string {
  return MODE_WORDS[Object.keys(Mode ?? {})[0] ?? ''] ?? 'replicated';
}

/** Old clients leave the digest to the engine, which has no registry here. */
function digestWarnings(spec: ServiceSpec, isOldClient: boolean): readonly string[] | null {
  const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
  if (!isOldClient || image.includes('@')) return null;
  return [
    `image ${image} could not be accessed on a registry to record\nits digest. Each node will access ${image} independently,\npossibly leading to different nodes running different\nversions of the image.\n`,
  ];
}
