import { toInstant, VirtualClock } from '../../src/base/clock.ts';
import { CancelledError } from '../../src/base/errors.ts';
import { createSeededRandom, randomId } from '../../src/base/random.ts';
import type {
  BlobApi,
  CallOptions,
  Distribution,
  EngineClient,
  EngineInfo,
  Filters,
  LogQuery,
  LogRecord,
  NetworkApi,
  NodeApi,
  ServiceApi,
  TaskApi,
} from '../../src/engine/client.ts';
import { daemonError } from '../../src/engine/daemon-error.ts';
import type { Config } from '../../src/swarm/config.ts';
import type { Network, NetworkCreate } from '../../src/swarm/network.ts';
import type { Node } from '../../src/swarm/node.ts';
import type { NodeId, ServiceId, TaskId } from '../../src/swarm/object.ts';
import type { Secret } from '../../src/swarm/secret.ts';
import type { Service, ServiceSpec } from '../../src/swarm/service.ts';
import type { Task } from '../../src/swarm/task.ts';
import { FakeOrchestrator, type ImageBehaviour } from './fake-orchestrator.ts';

/** One call that reached the fake. */
export interface FakeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** Without query: `/services/create`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly registryAuth?: string | undefined;
}

/** A failure to inject: the first `times` (default 1) requests that match are refused. */
export interface FakeFailure {
  readonly method?: FakeRequest['method'];
  /** Tested against `METHOD /path`. */
  readonly matches: RegExp;
  readonly status: number;
  readonly message: string;
  readonly times?: number;
  /** Do the work and fail afterwards: the answer was lost. */
  readonly afterwards?: boolean;
}

export interface FakeEngineOptions {
  /** Default: a new VirtualClock at 0. */
  readonly clock?: VirtualClock;
  /** Default: node-1 (manager), node-2 and node-3. */
  readonly nodes?: readonly Node[];
  /** What registries say; images not listed answer as an unreachable registry does. */
  readonly distributions?: Readonly<Record<string, Distribution>>;
  readonly apiVersion?: string;
}

/** A node of the fake cluster. */
export function aNode(name: string, role: 'manager' | 'worker' = 'worker'): Node {
  const at = new Date(0).toISOString();
  return {
    ID: `${name}${'0'.repeat(25)}`.replaceAll('-', '').slice(0, 25) as NodeId,
    Version: { Index: 1 },
    CreatedAt: at,
    UpdatedAt: at,
    Spec: { Role: role, Availability: 'active', Labels: {} },
    Description: {
      Hostname: name,
      Platform: { Architecture: 'x86_64', OS: 'linux' },
      Resources: { NanoCPUs: 4e9, MemoryBytes: 8 * 2 ** 30 },
    },
    Status: { State: 'ready', Addr: '10.0.0.1' },
    ...(role === 'manager' && { ManagerStatus: { Leader: true, Reachability: 'reachable' } }),
  };
}

/**
 * A small stateful engine in memory, for unit tests: services, networks, secrets, configs, and
 * tasks that converge in virtual time.
 *
 * Deliberately small: it knows versions, names, filters and the errors clients rely on; it has no
 * constraints, resources or ports. Rolling updates replace slot by slot and obey FailureAction.
 */
export class FakeEngine {
  readonly clock: VirtualClock;
  /** Every request so far, in order. */
  readonly requests: FakeRequest[] = [];
  readonly client: EngineClient;
  readonly nodes: Node[];
  readonly services = new Map<string, Service>();
  readonly networks = new Map<string, Network>();
  readonly secrets = new Map<string, Secret>();
  readonly configs = new Map<string, Config>();
  readonly orchestrator: FakeOrchestrator;
  /** Answer of GET /info; replace it to play a worker or an engine outside a Swarm. */
  info: EngineInfo;
  /** What tasks of an image wrote; an error is how their log ends. */
  readonly written = new Map<string, readonly (string | Error)[]>();
  readonly #failures: { readonly failure: FakeFailure; left: number }[] = [];
  readonly #distributions: Readonly<Record<string, Distribution>>;
  readonly #random = createSeededRandom(1);
  #index = 10;
  #isClosed = false;

  constructor(options: FakeEngineOptions = {}) {
    this.clock = options.clock ?? new VirtualClock(toInstant(0));
    this.nodes = [
      ...(options.nodes ?? [aNode('node-1', 'manager'), aNode('node-2'), aNode('node-3')]),
    ];
    this.#distributions = options.distributions ?? {};
    this.orchestrator = new FakeOrchestrator({
      clock: this.clock,
      nodes: this.nodes,
      services: this.services,
      stamp: () => this.stamp(),
      newId: () => this.newId(),
    });
    this.info = {
      ServerVersion: '28.0.0',
      Swarm: {
        NodeID: this.nodes[0]?.ID ?? '',
        LocalNodeState: 'active',
        ControlAvailable: true,
        Error: '',
        RemoteManagers: null,
      },
    };
    this.client = this.#createClient(options.apiVersion ?? '1.51');
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `METHOD /path` of every request that can change something. */
  get writes(): readonly string[] {
    return this.requests
      .filter((one) => one.method !== 'GET' && one.method !== 'HEAD')
      .map((one) => `${one.method} ${one.path}`);
  }

  /** Says how tasks of an image behave; the default runs after 300 ms and stays so. */
  behave(image: string, behaviour: ImageBehaviour): void {
    this.orchestrator.behaviours.set(image, behaviour);
  }

  /** Refuses the next matching requests. */
  fail(failure: FakeFailure): void {
    this.#failures.push({ failure, left: failure.times ?? 1 });
  }

  /** Tasks of a service by its name, oldest first. */
  tasksOf(serviceName: string): readonly Task[] {
    const service = [...this.services.values()].find((one) => one.Spec.Name === serviceName);
    return [...this.orchestrator.tasks.values()].filter((one) => one.ServiceID === service?.ID);
  }

  /** Fires due timers until nothing waits, or `limitMs` of virtual time have passed. */
  settle(limitMs = 60_000): void {
    const end = toInstant(this.clock.now() + limitMs);
    for (let next = this.clock.nextDeadline(); next !== undefined && next <= end;) {
      this.clock.step();
      next = this.clock.nextDeadline();
    }
  }

  newId(): string {
    return randomId(this.#random);
  }

  /** Version and timestamps of a write that happens now. */
  stamp(): { readonly Version: { readonly Index: number }; readonly UpdatedAt: string } {
    this.#index += 1;
    return {
      Version: { Index: this.#index },
      UpdatedAt: new Date(this.clock.now()).toISOString(),
    };
  }

  /** The log of some tasks, in order of the tasks. */
  async *readLog(
    request: FakeRequest,
    tasks: () => readonly Task[],
    query: LogQuery = {},
  ): AsyncGenerator<LogRecord> {
    const chosen = await this.call(request, tasks, query);
    for (const { ID, NodeID, Spec, CreatedAt } of chosen) {
      const all = this.written.get(Spec.ContainerSpec?.Image ?? '') ?? [];
      for (const text of query.tail === undefined ? all : all.slice(-query.tail)) {
        if (text instanceof Error) throw text;
        const timestamp = CreatedAt.replace(/Z$/, '000000Z');
        yield { stream: 'stdout', timestamp, nodeId: NodeID ?? '', taskId: ID, text };
      }
    }
  }

  /** Records a request, plays failures, does the work. */
  async call<T>(request: FakeRequest, work: () => T, options?: CallOptions): Promise<T> {
    await Promise.resolve();
    if (options?.signal?.aborted === true) throw new CancelledError('the request was cancelled');
    this.requests.push(request);
    const line = `${request.method} ${request.path}`;
    const found = this.#failures.find((one) => one.left > 0 && one.failure.matches.test(line));
    if (!found) return work();
    found.left -= 1;
    if (found.failure.afterwards === true) work();
    const { status, message } = found.failure;
    throw daemonError({ method: request.method, path: request.path, status, message });
  }

  /** Throws what the engine answers. */
  refuse(request: FakeRequest, status: number, message: string): never {
    throw daemonError({ method: request.method, path: request.path, status, message });
  }

  /** Throws the 500 of a stale version. */
  checkVersion(request: FakeRequest, current: { readonly Index: number }, version: number): void {
    if (current.Index !== version) {
      this.refuse(request, 500, 'rpc error: code = Unknown desc = update out of sequence');
    }
  }

  /** Finds by id, then name, then unique id prefix; else refuses with 404. */
  find<T>(
    request: FakeRequest,
    kind: string,
    from: { readonly items: ReadonlyMap<string, T>; readonly name: (item: T) => string },
  ): T {
    const wanted = decodeURIComponent(request.path.split('/')[2] ?? '');
    const exact = from.items.get(wanted);
    if (exact !== undefined) return exact;
    const named = [...from.items.values()].find((item) => from.name(item) === wanted);
    if (named !== undefined) return named;
    const prefixed = [...from.items].filter(([id]) => wanted !== '' && id.startsWith(wanted));
    if (prefixed.length === 1 && prefixed[0]) return prefixed[0][1];
    return this.refuse(request, 404, `${kind} ${wanted} not found`);
  }

  #createClient(apiVersion: string): EngineClient {
    return {
      apiVersion,
      endpoint: 'unix:///fake.sock',
      info: (options) => this.call({ method: 'GET', path: '/info' }, () => this.info, options),
      distribution: (image, options) => {
        const request: FakeRequest = {
          method: 'GET',
          path: `/distribution/${image}/json`,
          registryAuth: options?.registryAuth,
        };
        return this.call(
          request,
          () => this.#distributions[image] ?? this.refuse(request, 500, `no registry for ${image}`),
          options,
        );
      },
      services: serviceApi(this),
      tasks: taskApi(this),
      nodes: nodeApi(this),
      networks: networkApi(this),
      secrets: blobApi(this, { kind: 'secret', items: this.secrets, hidesData: true }),
      configs: blobApi(this, { kind: 'config', items: this.configs, hidesData: false }),
      close: () => {
        this.#isClosed = true;
      },
    };
  }
}

function serviceApi(engine: FakeEngine): ServiceApi {
  const from = { items: engine.services, name: (one: Service) => one.Spec.Name };
  return {
    list: (query, options) =>
      engine.call(
        { method: 'GET', path: '/services', query },
        () =>
          [...engine.services.values()]
            .filter((one) => matches(query.filters, facetsOf(one.ID, one.Spec)))
            .map((one) =>
              query.status === true
                ? { ...one, ServiceStatus: engine.orchestrator.statusOf(one) }
                : one,
            ),
        options,
      ),
    inspect: (idOrName, options) => {
      const request: FakeRequest = { method: 'GET', path: pathOf('services', idOrName) };
      return engine.call(request, () => engine.find(request, 'service', from), options);
    },
    create: (spec, options) => {
      const request: FakeRequest = {
        method: 'POST',
        path: '/services/create',
        body: spec,
        registryAuth: options?.registryAuth,
      };
      return engine.call(request, () => createService(engine, request, spec), options);
    },
    update: (id, spec, options) => {
      const { version, rollback, registryAuthFrom, registryAuth } = options;
      const request: FakeRequest = {
        method: 'POST',
        path: `${pathOf('services', id)}/update`,
        query: { version, rollback, registryAuthFrom },
        body: spec,
        registryAuth,
      };
      const work = (): { readonly warnings: readonly string[] } => {
        const old = engine.find(request, 'service', from);
        engine.checkVersion(request, old.Version, version);
        checkReferences(engine, request, spec);
        const next = rollback === 'previous' ? (old.PreviousSpec ?? spec) : spec;
        const { UpdateStatus: _dropped, ...kept } = old;
        engine.services.set(old.ID, {
          ...kept,
          ...engine.stamp(),
          Spec: next,
          PreviousSpec: old.Spec,
        });
        engine.orchestrator.reconcile(old.ID, rollback === 'previous');
        return { warnings: [] };
      };
      return engine.call(request, work, options);
    },
    remove: (id, options) => {
      const request: FakeRequest = { method: 'DELETE', path: pathOf('services', id) };
      const work = (): void => {
        const old = engine.find(request, 'service', from);
        engine.services.delete(old.ID);
        engine.orchestrator.removeTasksOf(old.ID);
      };
      return engine.call(request, work, options);
    },
    logs: (id, query) => {
      const request: FakeRequest = {
        method: 'GET',
        path: `${pathOf('services', id)}/logs`,
        query: { ...query },
      };
      const tasks = (): readonly Task[] =>
        engine.tasksOf(engine.find(request, 'service', from).Spec.Name);
      return engine.readLog(request, tasks, query);
    },
  };
}

function createService(
  engine: FakeEngine,
  request: FakeRequest,
  spec: ServiceSpec,
): { readonly id: ServiceId; readonly warnings: readonly string[] } {
  checkReferences(engine, request, spec);
  if ([...engine.services.values()].some((one) => one.Spec.Name === spec.Name)) {
    const text = `name conflicts with an existing object: service ${spec.Name} already exists`;
    engine.refuse(request, 409, `rpc error: code = AlreadyExists desc = ${text}`);
  }
  const id = engine.newId() as ServiceId;
  const stamp = engine.stamp();
  engine.services.set(id, { ID: id, ...stamp, CreatedAt: stamp.UpdatedAt, Spec: spec });
  engine.orchestrator.reconcile(id, false);
  return { id, warnings: [] };
}

/** Networks by name or id; secrets and configs by id. */
function checkReferences(engine: FakeEngine, request: FakeRequest, spec: ServiceSpec): void {
  for (const { Target } of spec.TaskTemplate.Networks ?? []) {
    const isKnown = [...engine.networks.values()].some(
      (one) => one.Id === Target || one.Name === Target,
    );
    if (!isKnown && !['bridge', 'host', 'none'].includes(Target)) {
      engine.refuse(request, 500, `network ${Target} not found`);
    }
  }
  const container = spec.TaskTemplate.ContainerSpec;
  for (const { SecretID, SecretName } of container?.Secrets ?? []) {
    if (engine.secrets.has(SecretID)) continue;
    const text = `secret not found: ${SecretName}`;
    engine.refuse(request, 400, `rpc error: code = InvalidArgument desc = ${text}`);
  }
  for (const { ConfigID, ConfigName } of container?.Configs ?? []) {
    if (engine.configs.has(ConfigID)) continue;
    const text = `config not found: ${ConfigName}`;
    engine.refuse(request, 400, `rpc error: code = InvalidArgument desc = ${text}`);
  }
}

function taskApi(engine: FakeEngine): TaskApi {
  const { tasks } = engine.orchestrator;
  return {
    list: (query, options) => {
      const request: FakeRequest = { method: 'GET', path: '/tasks', query };
      const work = (): readonly Task[] => {
        for (const wanted of query.filters?.['service'] ?? []) {
          const services = [...engine.services.values()];
          if (!services.some((one) => one.ID === wanted || one.Spec.Name === wanted)) {
            engine.refuse(request, 404, `service ${wanted} not found`);
          }
        }
        return [...tasks.values()].filter((task) => isTaskWanted(engine, task, query.filters));
      };
      return engine.call(request, work, options);
    },
    inspect: (id, options) => {
      const request: FakeRequest = { method: 'GET', path: pathOf('tasks', id) };
      const from = { items: tasks as ReadonlyMap<string, Task>, name: (one: Task) => one.ID };
      return engine.call(request, () => engine.find(request, 'task', from), options);
    },
    logs: (id, query) => {
      const request: FakeRequest = {
        method: 'GET',
        path: `${pathOf('tasks', id)}/logs`,
        query: { ...query },
      };
      const from = { items: tasks as ReadonlyMap<string, Task>, name: (one: Task) => one.ID };
      return engine.readLog(request, () => [engine.find(request, 'task', from)], query);
    },
  };
}

function isTaskWanted(engine: FakeEngine, task: Task, filters: Filters | undefined): boolean {
  const service = engine.services.get(task.ServiceID);
  const upToDate = filters?.['_up-to-date'];
  if (upToDate && service && !engine.orchestrator.isUpToDate(task, service)) return false;
  return matches(filters, {
    id: [task.ID],
    service: [task.ServiceID, service?.Spec.Name ?? ''],
    node: [task.NodeID ?? ''],
    'desired-state': [task.DesiredState],
    labels: engine.orchestrator.labelsOf(task.ServiceID),
  });
}

function nodeApi(engine: FakeEngine): NodeApi {
  const find = (request: FakeRequest): Node =>
    engine.find(request, 'node', {
      items: new Map(engine.nodes.map((one) => [one.ID as string, one])),
      name: (one) => one.Description.Hostname ?? '',
    });
  return {
    list: (query, options) =>
      engine.call({ method: 'GET', path: '/nodes', query }, () => [...engine.nodes], options),
    inspect: (idOrName, options) => {
      const request: FakeRequest = { method: 'GET', path: pathOf('nodes', idOrName) };
      return engine.call(request, () => find(request), options);
    },
    update: (id, spec, query) => {
      const path = `${pathOf('nodes', id)}/update`;
      const request: FakeRequest = { method: 'POST', path, body: spec };
      const work = (): void => {
        const old = find(request);
        engine.checkVersion(request, old.Version, query.version);
        engine.nodes[engine.nodes.indexOf(old)] = { ...old, ...engine.stamp(), Spec: spec };
      };
      return engine.call(request, work, query);
    },
    remove: (id, query) => {
      const request: FakeRequest = { method: 'DELETE', path: pathOf('nodes', id) };
      const work = (): void => {
        engine.nodes.splice(engine.nodes.indexOf(find(request)), 1);
      };
      return engine.call(request, work, query);
    },
  };
}

function networkApi(engine: FakeEngine): NetworkApi {
  const from = { items: engine.networks, name: (one: Network) => one.Name };
  return {
    list: (query, options) =>
      engine.call(
        { method: 'GET', path: '/networks', query },
        () =>
          [...engine.networks.values()].filter((one) =>
            matches(query.filters, {
              id: [one.Id],
              name: [one.Name],
              scope: [one.Scope],
              driver: [one.Driver],
              labels: one.Labels ?? {},
            }),
          ),
        options,
      ),
    inspect: (idOrName, options) => {
      const request: FakeRequest = { method: 'GET', path: pathOf('networks', idOrName) };
      return engine.call(request, () => engine.find(request, 'network', from), options);
    },
    create: (body, options) => {
      const request: FakeRequest = { method: 'POST', path: '/networks/create', body };
      return engine.call(request, () => createNetwork(engine, request, body), options);
    },
    remove: (id, options) => {
      const request: FakeRequest = { method: 'DELETE', path: pathOf('networks', id) };
      const work = (): void => {
        const old = engine.find(request, 'network', from);
        const user = [...engine.services.values()].find((one) =>
          (one.Spec.TaskTemplate.Networks ?? []).some(
            ({ Target }) => Target === old.Id || Target === old.Name,
          ),
        );
        if (user) {
          const text = `network ${old.Id} is in use by service ${user.ID}`;
          engine.refuse(request, 400, `rpc error: code = FailedPrecondition desc = ${text}`);
        }
        engine.networks.delete(old.Id);
      };
      return engine.call(request, work, options);
    },
  };
}

function createNetwork(
  engine: FakeEngine,
  request: FakeRequest,
  body: NetworkCreate,
): { readonly id: Network['Id']; readonly warning: string } {
  if ([...engine.networks.values()].some((one) => one.Name === body.Name)) {
    engine.refuse(request, 409, `network with name ${body.Name} already exists`);
  }
  const id = engine.newId() as Network['Id'];
  const { Driver = 'bridge', Scope: _scope, ...rest } = body;
  const isSwarm = Driver === 'overlay' || body.Scope === 'swarm';
  const created = new Date(engine.clock.now()).toISOString();
  const scope = isSwarm ? 'swarm' : 'local';
  engine.networks.set(id, { ...rest, Id: id, Driver, Scope: scope, Created: created });
  return { id, warning: '' };
}

interface BlobSpec {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Data?: string;
}
type Blob = Secret | Config;

function blobApi<Item extends Blob>(
  engine: FakeEngine,
  store: {
    readonly kind: 'secret' | 'config';
    readonly items: Map<string, Item>;
    readonly hidesData: boolean;
  },
): BlobApi<Item['ID'], Item['Spec'], Item> {
  const { kind, items } = store;
  const from = { items, name: (one: Item) => one.Spec.Name };
  const shown = (item: Item): Item => {
    if (!store.hidesData) return item;
    const { Data: _hidden, ...spec } = item.Spec as BlobSpec;
    return { ...item, Spec: spec };
  };
  return {
    list: (query, options) =>
      engine.call(
        { method: 'GET', path: `/${kind}s`, query },
        () =>
          [...items.values()]
            .filter((one) => matches(query.filters, facetsOf(one.ID, one.Spec)))
            .map(shown),
        options,
      ),
    inspect: (idOrName, options) => {
      const request: FakeRequest = { method: 'GET', path: pathOf(`${kind}s`, idOrName) };
      return engine.call(request, () => shown(engine.find(request, kind, from)), options);
    },
    create: (spec, options) => {
      const request: FakeRequest = { method: 'POST', path: `/${kind}s/create`, body: spec };
      const work = (): { readonly id: Item['ID'] } => {
        if ([...items.values()].some((one) => one.Spec.Name === spec.Name)) {
          const text = `${kind} ${spec.Name} already exists`;
          engine.refuse(request, 409, `rpc error: code = AlreadyExists desc = ${text}`);
        }
        const id = engine.newId() as Item['ID'];
        const stamp = engine.stamp();
        items.set(id, { ID: id, ...stamp, CreatedAt: stamp.UpdatedAt, Spec: spec } as Item);
        return { id };
      };
      return engine.call(request, work, options);
    },
    update: (id, spec, query) => {
      const path = `${pathOf(`${kind}s`, id)}/update`;
      const request: FakeRequest = {
        method: 'POST',
        path,
        body: spec,
        query: { version: query.version },
      };
      const work = (): void => {
        const old = engine.find(request, kind, from);
        engine.checkVersion(request, old.Version, query.version);
        const data = (spec as BlobSpec).Data;
        if (data !== undefined && data !== (old.Spec as BlobSpec).Data) {
          const text = 'only updates to Labels are allowed';
          engine.refuse(request, 400, `rpc error: code = InvalidArgument desc = ${text}`);
        }
        const Spec = { ...old.Spec, Labels: spec.Labels };
        items.set(old.ID, { ...old, ...engine.stamp(), Spec });
      };
      return engine.call(request, work, query);
    },
    remove: (id, options) => {
      const request: FakeRequest = { method: 'DELETE', path: pathOf(`${kind}s`, id) };
      const work = (): void => {
        const old = engine.find(request, kind, from);
        const users = usersOf(engine, kind, old.ID);
        if (users.length > 0) {
          const plural = users.length > 1 ? 's' : '';
          const text = `${kind} '${old.Spec.Name}' is in use by the following service${plural}: ${users.join(', ')}`;
          engine.refuse(request, 400, `rpc error: code = InvalidArgument desc = ${text}`);
        }
        items.delete(old.ID);
      };
      return engine.call(request, work, options);
    },
  };
}

function usersOf(engine: FakeEngine, kind: 'secret' | 'config', id: string): readonly string[] {
  return [...engine.services.values()]
    .filter(({ Spec }) => {
      const container = Spec.TaskTemplate.ContainerSpec;
      return kind === 'secret'
        ? (container?.Secrets ?? []).some((one) => one.SecretID === id)
        : (container?.Configs ?? []).some((one) => one.ConfigID === id);
    })
    .map((one) => one.Spec.Name);
}

function pathOf(kind: string, id: TaskId | string): string {
  return `/${kind}/${encodeURIComponent(id)}`;
}

interface Facets {
  readonly [key: string]: readonly string[] | Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

function facetsOf(
  id: string,
  spec: { readonly Name: string; readonly Labels?: Readonly<Record<string, string>> },
): Facets {
  return { id: [id], name: [spec.Name], labels: spec.Labels ?? {} };
}

/** Keys are AND-ed, values OR-ed, labels AND-ed; id and name match by prefix as the engine's do. */
function matches(filters: Filters | undefined, facets: Facets): boolean {
  return Object.entries(filters ?? {}).every(([key, wanted]) => {
    if (key === '_up-to-date') return true;
    if (key === 'label') return wanted.every((one) => hasLabel(facets.labels, one));
    const values = facets[key];
    if (!Array.isArray(values)) return false;
    const isPrefix = key === 'id' || key === 'name';
    return wanted.some((one) =>
      (values as readonly string[]).some((value) =>
        isPrefix ? value.startsWith(one) : value === one,
      ),
    );
  });
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = '', ...rest] = wanted.split('=');
  if (!Object.hasOwn(labels, key)) return false;
  return rest.length === 0 || rest.join('=') === '' || labels[key] === rest.join('=');
}
