import { map, struct, text, type Shape } from '../go-json/shape.ts';
import { httpError } from '../http-errors.ts';
import { matchesExactly, matchesLabels, matchesPart, readFilters } from '../list-filters.ts';
import type { LocalVolume } from '../local-records.ts';
import { decodeBody, empty, json, type Route, type RouteContext } from '../route.ts';

const FILTERS = ['dangling', 'driver', 'label', 'name'];
const PRUNE_FILTERS = ['label', 'label!', 'all'];

const volumeCreate: Shape = struct('volume.CreateOptions', {
  Name: text,
  Driver: text,
  DriverOpts: map(text),
  Labels: map(text),
});

interface VolumeCreate {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** Volumes where no engine keeps them. @source spec/engine-api.md section 11 */
export const volumeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/volumes',
    handle: ({ query }, { local }) => {
      const filters = readFilters(query, FILTERS);
      const found = local
        .volumes()
        .filter(
          (one) =>
            matchesPart(filters, 'name', one.Name) &&
            matchesExactly(filters, 'driver', one.Driver) &&
            matchesLabels(filters, 'label', one.Labels),
        );
      return json({ Volumes: found, Warnings: null });
    },
  },
  {
    method: 'POST',
    path: '/volumes/create',
    handle: (request, { local }) => {
      const { Name, Driver, DriverOpts, Labels } = decodeBody(
        request,
        volumeCreate,
      ) as VolumeCreate;
      if (Driver && Driver !== 'local') {
        throw httpError('not-found', `plugin "${Driver}" not found`);
      }
      const name = Name || local.newId('volume');
      if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,}$/.test(name)) {
        const text = `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`;
        throw httpError('invalid-argument', text);
      }
      const volume = local.createVolume({
        Name: name,
        ...(DriverOpts && { DriverOpts }),
        ...(Labels && { Labels }),
      });
      return json(volume, 201);
    },
  },
  {
    method: 'GET',
    path: '/volumes/:name',
    handle: ({ params }, context) => json(find(params['name'] ?? '', context)),
  },
  {
    method: 'DELETE',
    path: '/volumes/:name',
    handle: ({ params, query }, context) => {
      const name = params['name'] ?? '';
      if (!query.flag('force')) find(name, context);
      context.local.removeVolume(name);
      return empty(204);
    },
  },
  {
    method: 'POST',
    path: '/volumes/prune',
    handle: ({ query }, { local }) => {
      const filters = readFilters(query, PRUNE_FILTERS);
      const isAll = (filters.get('all') ?? []).some((word) => word === 'true' || word === '1');
      const doomed = local
        .volumes()
        .filter((one) => isAll && matchesLabels(filters, 'label', one.Labels));
      for (const { Name } of doomed) local.removeVolume(Name);
      return json({ VolumesDeleted: doomed.map((one) => one.Name), SpaceReclaimed: 0 });
    },
  },
];

/** @throws HttpError 404 in the words of the state the node is in */
function find(name: string, { local, backend }: RouteContext): LocalVolume {
  const volume = local.volume(name);
  if (volume) return volume;
  const isManager = backend.membership.state().kind === 'active';
  throw httpError(
    'not-found',
    isManager ? `volume ${name} not found` : `get ${name}: no such volume`,
  );
}
