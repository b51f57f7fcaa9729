import { parseImage } from '../../swarm/image-reference.ts';
import { httpError } from '../http-errors.ts';
import { readFilters } from '../list-filters.ts';
import { json, type Answer, type ApiRequest, type Route, type RouteContext } from '../route.ts';

const NO_IMAGES = 'this node runs tasks as processes: it keeps no images';

/**
 * Images, registries and disk usage where no container engine is behind us: an image is only a
 * name here.
 * @source spec/engine-api.md sections 13, 14 and 17 (processes only)
 */
export const imageRoutes: readonly Route[] = [
  { method: 'GET', path: '/images/json', handle: () => json([]) },
  { method: 'GET', path: '/images/*', handle: refuseImage },
  { method: 'DELETE', path: '/images/*', handle: refuseImage },
  {
    method: 'POST',
    path: '/images/prune',
    handle: () => json({ ImagesDeleted: null, SpaceReclaimed: 0 }),
  },
  { method: 'POST', path: '/images/*', handle: notHere },
  { method: 'POST', path: '/build', handle: notHere },
  { method: 'POST', path: '/commit', handle: notHere },
  { method: 'POST', path: '/auth', handle: notHere },
  {
    method: 'POST',
    path: '/build/prune',
    handle: () => json({ CachesDeleted: null, SpaceReclaimed: 0 }),
  },
  { method: 'GET', path: '/distribution/*', handle: refuseDistribution },
  { method: 'GET', path: '/plugins', handle: () => json([]) },
  {
    method: 'GET',
    path: '/plugins/*',
    handle: ({ params }) => {
      const name = (params['*'] ?? '').replace(/\/json$/, '');
      throw httpError('not-found', `plugin "${name}" not found`);
    },
  },
  { method: 'GET', path: '/system/df', handle: diskUsage },
];

/** `…/json`, `…/history`: the name is what stands before. */
function refuseImage({ params, method }: ApiRequest): never {
  const rest = params['*'] ?? '';
  const name = method === 'GET' ? rest.replace(/\/(?:json|history|get)$/, '') : rest;
  throw httpError('not-found', `No such image: ${withTag(name)}`);
}

function withTag(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? name : `${name}:latest`;
}

function notHere(): never {
  throw httpError('not-implemented', NO_IMAGES);
}

/** Clients ask for digests; there is none, and they go on without. */
function refuseDistribution({ params }: ApiRequest): never {
  const name = (params['*'] ?? '').replace(/\/json$/, '');
  if (parseImage(name).kind !== 'ok') {
    throw httpError('invalid-argument', 'invalid reference format');
  }
  throw httpError('not-found', `no such image: ${name}`);
}

const KINDS = ['container', 'image', 'volume', 'build-cache'] as const;

function diskUsage({ query }: ApiRequest, { local }: RouteContext): Answer {
  readFilters(query);
  const asked = query.all('type');
  for (const type of asked) {
    if (KINDS.some((kind) => kind === type)) continue;
    throw httpError('invalid-argument', `unknown object type: ${type}`);
  }
  const wants = (kind: (typeof KINDS)[number]): boolean =>
    asked.length === 0 || asked.includes(kind);
  const usage = { Size: 0, RefCount: 0 };
  const volumes = local.volumes().map((volume) => ({ ...volume, UsageData: usage }));
  return json({
    LayersSize: 0,
    Images: wants('image') ? [] : null,
    Containers: wants('container') ? [] : null,
    Volumes: wants('volume') ? volumes : null,
    BuildCache: wants('build-cache') ? [] : null,
  });
}
