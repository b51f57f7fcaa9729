import type { Cluster } from '../../../src/orchestrator/cluster.ts';
import type { Control } from '../../../src/orchestrator/control.ts';
import { engineRefusal } from '../../../src/orchestrator/control-error.ts';
import { lookUp } from '../../../src/orchestrator/control/look-up.ts';
import { serviceStatus } from '../../../src/orchestrator/service-status.ts';
import {
  toApiConfig,
  toApiNetwork,
  toApiNode,
  toApiSecret,
  toApiService,
  toApiTask,
} from '../../../src/orchestrator/store/project.ts';
import type { StoredService, StoredTask } from '../../../src/orchestrator/store/stored-object.ts';
import { parseJson } from '../../../src/server/go-json/parse-json.ts';
import { decodeJson, type Shape } from '../../../src/server/go-json/shape.ts';
import { toErrorAnswer } from '../../../src/server/http-errors.ts';
import { Query as ServerQuery } from '../../../src/server/query.ts';
import { serviceSpec } from '../../../src/server/shapes/service-spec.ts';
import { insertDefaults } from '../../../src/swarm/defaults.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';
import { TASK_STATES } from '../../../src/swarm/task-state.ts';
import type { Json } from './json.ts';

/** A refused call, as a client of the engine sees it. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = URLSearchParams;
type Handler = (id: string, query: Query, body: never) => unknown;

/**
 * As much of the Engine API as scenarios use, straight on the control API and the store.
 *
 * Not the server: only paths, filters and shapes that the recorded scenarios ask for.
 */
export class EngineApi {
  readonly #cluster: Cluster;
  readonly #control: Control;

  constructor(cluster: Cluster, control: Control) {
    this.#cluster = cluster;
    this.#control = control;
  }

  get(path: string): Json {
    return this.call('GET', path);
  }

  post(path: string, body: unknown): Json {
    return this.call('POST', path, body);
  }

  delete(path: string): Json {
    return this.call('DELETE', path);
  }

  /** @throws ApiError */
  call(method: string, path: string, body?: unknown): Json {
    const url = new URL(path, 'http://engine');
    const [, noun = '', ...rest] = url.pathname.split('/');
    const id = rest[0] === 'create' ? '' : decodeURIComponent(rest[0] ?? '');
    const verb = rest[0] === 'create' || rest[0] === 'update' ? rest[0] : (rest[1] ?? '');
    const handler =
      this.#routes()[`${method} ${noun}${id && verb !== id ? ' id' : ''} ${verb}`.trim()];
    if (!handler) throw new ApiError(404, `page not found: ${method} ${path}`);
    try {
      const answer = handler(id, url.searchParams, (body ?? {}) as never);
      return JSON.parse(JSON.stringify(answer ?? null)) as Json;
    } catch (error) {
      const { status, message, isOurs } = toErrorAnswer(error);
      if (isOurs || error instanceof ApiError) throw error;
      throw new ApiError(status, message);
    }
  }

  #routes(): Readonly<Record<string, Handler>> {
    const control = this.#control;
    const { view } = this.#cluster.store;
    return {
      'GET services': (_, query) => this.#services(query),
      'GET services id': (id, query) => this.#service(id, query),
      'POST services create': (_, __, body) => ({
        ID: control.createService(decoded(serviceSpec, body)).ID,
      }),
      'POST services id update': (id, query, body) => {
        control.updateService(id, decoded(serviceSpec, body), {
          version: versionOf(query, 'service'),
          rollback: query.get('rollback') ?? undefined,
          registryAuthFrom: query.get('registryAuthFrom') ?? undefined,
        });
        return {};
      },
      'DELETE services id': (id) => void control.removeService(id),
      'GET tasks': (_, query) => this.#tasks(query).map(toApiTask),
      'GET tasks id': (id) => toApiTask(lookUp(view, 'task', id)),
      'GET nodes': () => view.list('node').map(toApiNode),
      'GET nodes id': (id) => toApiNode(lookUp(view, 'node', id)),
      'POST nodes id update': (id, query, body) =>
        void control.updateNode(id, body, { version: versionOf(query, 'node') }),
      'DELETE nodes id': (id, query) =>
        void control.removeNode(id, { force: query.get('force') === 'true' }),
      'GET secrets': (_, query) => named(view.list('secret'), query).map(toApiSecret),
      'GET secrets id': (id) => toApiSecret(lookUp(view, 'secret', id)),
      'POST secrets create': (_, __, body) => ({ ID: control.createSecret(body).ID }),
      'POST secrets id update': (id, query, body) =>
        void control.updateSecret(id, body, { version: versionOf(query, 'secret') }),
      'DELETE secrets id': (id) => void control.removeSecret(id),
      'GET configs': (_, query) => named(view.list('config'), query).map(toApiConfig),
      'GET configs id': (id) => toApiConfig(lookUp(view, 'config', id)),
      'POST configs create': (_, __, body) => ({ ID: control.createConfig(body).ID }),
      'POST configs id update': (id, query, body) =>
        void control.updateConfig(id, body, { version: versionOf(query, 'config') }),
      'DELETE configs id': (id) => void control.removeConfig(id),
      'GET networks': () => view.list('network').map(toApiNetwork),
      'POST networks create': (_, __, body) => ({ Id: control.createNetwork(body).ID }),
      'DELETE networks id': (id) => void control.removeNetwork(id),
      'GET swarm': () => view.list('cluster')[0],
      'POST swarm update': (_, query, body) =>
        void control.updateCluster(body, { version: versionOf(query, 'swarm') }),
    };
  }

  #service(id: string, query: Query): unknown {
    const service = lookUp(this.#cluster.store.view, 'service', id);
    const shown = toApiService(service);
    if (query.get('insertDefaults') !== 'true') return shown;
    return { ...shown, Spec: insertDefaults(shown.Spec) };
  }

  #services(query: Query): unknown[] {
    const { view } = this.#cluster.store;
    const filters = filtersOf(query);
    return view
      .list('service')
      .filter((service) => matchesService(service, filters))
      .map((service) => ({
        ...toApiService(service),
        ...(query.get('status') === 'true' && {
          ServiceStatus: serviceStatus(service, view.tasksByService(service.ID)),
        }),
      }));
  }

  #tasks(query: Query): readonly StoredTask[] {
    const { view } = this.#cluster.store;
    const filters = filtersOf(query);
    const unknown = Object.keys(filters).find((key) => !TASK_FILTERS.includes(key));
    if (unknown !== undefined) throw engineRefusal(`invalid filter '${unknown}'`);
    const wanted = filters['desired-state']?.find((word) => !TASK_STATES.includes(word as never));
    if (wanted !== undefined) {
      throw new ApiError(500, `Invalid desired-state filter: '${wanted}'`);
    }
    const services = filters['service']?.map((one) => lookUp(view, 'service', one).ID);
    if (!services) return view.list('task');
    return services.flatMap((service) => view.tasksByService(service));
  }
}

/** A body as the server takes it. @throws HttpError */
function decoded(shape: Shape, body: Json): ServiceSpec {
  return decodeJson(shape, parseJson(JSON.stringify(body))) as ServiceSpec;
}

const TASK_FILTERS = ['id', 'name', 'service', 'node', 'label', 'desired-state', 'runtime'];

function versionOf(query: Query, noun: string): number {
  return new ServerQuery(query.toString()).version(noun);
}

function filtersOf(query: Query): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(query.get('filters') ?? '{}') as Record<string, string[]>;
}

function named<T extends { readonly Spec: { readonly Name: string } }>(
  list: readonly T[],
  query: Query,
): readonly T[] {
  const names = filtersOf(query)['name'];
  return names ? list.filter((one) => names.some((name) => one.Spec.Name.startsWith(name))) : list;
}

/** Name and id are prefixes; label is a key, or key=value. */
function matchesService(
  { ID, Spec }: StoredService,
  { name, id, label, mode }: Readonly<Record<string, readonly string[]>>,
): boolean {
  const labels = Spec.Labels ?? {};
  const modes = { Replicated: 'replicated', Global: 'global' } as Readonly<Record<string, string>>;
  const own = Object.keys(Spec.Mode ?? {}).map((key) => modes[key] ?? key.toLowerCase());
  return (
    (name?.some((one) => Spec.Name.startsWith(one)) ?? true) &&
    (id?.some((one) => ID.startsWith(one)) ?? true) &&
    (mode?.some((one) => own.includes(one)) ?? true) &&
    (label?.some((one) => {
      const [key = '', value] = one.split('=');
      return value === undefined ? key in labels : labels[key] === value;
    }) ??
      true)
  );
}
