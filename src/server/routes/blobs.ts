import { lookUp } from '../../orchestrator/control/look-up.ts';
import { toApiConfig, toApiSecret } from '../../orchestrator/store/project.ts';
import type { StoredConfig, StoredSecret } from '../../orchestrator/store/stored-object.ts';
import type { ConfigSpec } from '../../swarm/config.ts';
import type { SecretSpec } from '../../swarm/secret.ts';
import { formatApiVersion, isBelow, type ApiVersion } from '../api-version.ts';
import type { ActiveSwarm } from '../backend.ts';
import type { Shape } from '../go-json/shape.ts';
import { httpError } from '../http-errors.ts';
import {
  matchesExactly,
  matchesLabels,
  matchesPrefix,
  readFilters,
  type ListFilters,
} from '../list-filters.ts';
import { parseUint64, type Query } from '../query.ts';
import { empty, json, managerRoute, type Route } from '../route.ts';
import { configSpec, secretSpec } from '../shapes/swarm-requests.ts';

type Blob = StoredSecret | StoredConfig;

/** What differs between secrets and configs. */
interface BlobKind<Spec> {
  readonly noun: 'secret' | 'config';
  readonly body: Shape;
  readonly filters: readonly string[];
  readonly list: (swarm: ActiveSwarm) => readonly Blob[];
  readonly find: (swarm: ActiveSwarm, input: string) => Blob;
  readonly create: (swarm: ActiveSwarm, spec: Spec) => Blob;
  readonly update: (swarm: ActiveSwarm, input: string, spec: Spec, version: number) => Blob;
  readonly remove: (swarm: ActiveSwarm, input: string) => Blob;
}

/** @source spec/engine-api.md section 9 */
export const secretRoutes: readonly Route[] = blobRoutes<SecretSpec>({
  noun: 'secret',
  body: secretSpec,
  filters: ['id', 'name', 'names', 'label'],
  list: ({ store }) => store.view.list('secret'),
  find: ({ store }, input) => lookUp(store.view, 'secret', input),
  create: ({ control }, spec) => control.createSecret(spec),
  update: ({ control }, input, spec, version) => control.updateSecret(input, spec, { version }),
  remove: ({ control }, input) => control.removeSecret(input),
});

/** @source spec/engine-api.md section 9 */
export const configRoutes: readonly Route[] = blobRoutes<ConfigSpec>({
  noun: 'config',
  body: configSpec,
  filters: ['id', 'name', 'names', 'label'],
  list: ({ store }) => store.view.list('config'),
  find: ({ store }, input) => lookUp(store.view, 'config', input),
  create: ({ control }, spec) => control.createConfig(spec),
  update: ({ control }, input, spec, version) => control.updateConfig(input, spec, { version }),
  remove: ({ control }, input) => control.removeConfig(input),
});

function blobRoutes<Spec extends SecretSpec | ConfigSpec>(kind: BlobKind<Spec>): readonly Route[] {
  const { noun, body } = kind;
  const show = (blob: Blob): unknown =>
    noun === 'secret' ? toApiSecret(blob as StoredSecret) : toApiConfig(blob as StoredConfig);
  return [
    managerRoute({
      method: 'GET',
      path: `/${noun}s`,
      handle: ({ query }, { swarm }) => {
        const filters = readFilters(query, kind.filters);
        return json(
          kind
            .list(swarm)
            .filter((blob) => matches(blob, filters))
            .map(show),
        );
      },
    }),
    managerRoute({
      method: 'GET',
      path: `/${noun}s/:id`,
      handle: ({ params }, { swarm }) => json(show(kind.find(swarm, params['id'] ?? ''))),
    }),
    managerRoute<Spec>({
      method: 'POST',
      path: `/${noun}s/create`,
      body,
      handle: async ({ version }, { swarm }, spec) => {
        refuseOldTemplating(noun, spec, version);
        const { ID } = kind.create(swarm, spec);
        await swarm.store.durable();
        return json({ ID }, 201);
      },
    }),
    managerRoute<Spec>({
      method: 'POST',
      path: `/${noun}s/:id/update`,
      body,
      handle: async ({ params, query }, { swarm }, spec) => {
        kind.update(swarm, params['id'] ?? '', spec, versionOf(query, noun));
        await swarm.store.durable();
        return empty();
      },
    }),
    managerRoute({
      method: 'DELETE',
      path: `/${noun}s/:id`,
      handle: async ({ params }, { swarm }) => {
        kind.remove(swarm, params['id'] ?? '');
        await swarm.store.durable();
        return empty(204);
      },
    }),
  ];
}

function matches({ ID, Spec }: Blob, filters: ListFilters): boolean {
  return (
    matchesPrefix(filters, 'id', ID) &&
    matchesPrefix(filters, 'name', Spec.Name) &&
    matchesExactly(filters, 'names', Spec.Name) &&
    matchesLabels(filters, 'label', Spec.Labels)
  );
}

/** Parity: here the complaint says nothing of the number. */
function versionOf(query: Query, noun: string): number {
  const version = parseUint64(query.text('version') ?? '');
  if (typeof version === 'number') return version;
  throw httpError('invalid-argument', `invalid ${noun} version`);
}

function refuseOldTemplating(
  noun: string,
  { Templating }: SecretSpec | ConfigSpec,
  version: ApiVersion,
): void {
  if (!Templating || !isBelow(version, '1.37')) return;
  const asked = formatApiVersion(version);
  const text = `${noun} templating is not supported on the specified API version: ${asked}`;
  throw httpError('invalid-argument', text);
}
