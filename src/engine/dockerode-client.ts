import type Docker from 'dockerode';
import { EngineError } from '../base/errors.ts';
import type { Config, ConfigSpec } from '../swarm/config.ts';
import type { Network, NetworkCreate } from '../swarm/network.ts';
import type { Node } from '../swarm/node.ts';
import type { ConfigId, NetworkId, SecretId, ServiceId } from '../swarm/object.ts';
import type { Secret, SecretSpec } from '../swarm/secret.ts';
import type { Service } from '../swarm/service.ts';
import type { Task } from '../swarm/task.ts';
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
  ServiceWriteOptions,
  TaskApi,
} from './client.ts';
import {
  createTransport,
  type EngineTransport,
  type TransportOptions,
} from './dockerode-transport.ts';

/**
 * Connects to an engine and negotiates the API version: one round trip, none with DOCKER_API_VERSION.
 *
 * dockerode is loaded here and not before, while the ping is on its way.
 * @throws EngineError with exit code 9 when the engine cannot be reached or is too old
 */
export async function connectEngine(
  options: TransportOptions,
  call: CallOptions = {},
): Promise<EngineClient> {
  const transport = await createTransport(options);
  try {
    const [{ default: Dockerode }] = await Promise.all([
      import('dockerode'),
      transport.negotiate(call.signal),
    ]);
    // The type knows no `modem`; the constructor takes it, and then reads nothing from the environment.
    const docker = new Dockerode({ modem: transport } as Docker.DockerOptions);
    return createClient(docker, transport, options.connection.url);
  } catch (error) {
    transport.close();
    throw error;
  }
}

function createClient(docker: Docker, transport: EngineTransport, endpoint: string): EngineClient {
  return {
    apiVersion: transport.apiVersion,
    endpoint,
    info: async (call) =>
      (await transport.send({ method: 'GET', path: '/info', signal: call?.signal })) as EngineInfo,
    distribution: async (image, call) =>
      (await transport.send({
        method: 'GET',
        path: `/distribution/${escapeImage(image)}/json`,
        registryAuth: call?.registryAuth,
        signal: call?.signal,
      })) as Distribution,
    services: serviceApi(docker, transport),
    tasks: taskApi(docker, transport),
    nodes: nodeApi(docker),
    networks: networkApi(docker, transport),
    secrets: secretApi(docker, transport),
    configs: configApi(docker, transport),
    close: () => transport.close(),
  };
}

function serviceApi(docker: Docker, transport: EngineTransport): ServiceApi {
  const named = (id: string): Docker.Service => docker.getService(encodeURIComponent(id));
  return {
    list: async (query, call) => {
      const { filters, status } = query;
      const found = await docker.listServices({
        ...pass(call),
        ...toFilters(filters),
        status,
      });
      return toList(found) as readonly Service[];
    },
    inspect: async (idOrName, call) => (await named(idOrName).inspect(pass(call))) as Service,
    create: async (spec, call) => {
      const reply = await transport.send({
        method: 'POST',
        path: '/services/create',
        body: spec,
        ...write(call),
      });
      const { ID, Warnings } = reply as { ID: ServiceId; Warnings?: string[] | null };
      return { id: ID, warnings: Warnings ?? [] };
    },
    update: async (id, spec, call) => {
      const { version, rollback, registryAuthFrom } = call;
      const reply = await transport.send({
        method: 'POST',
        path: `/services/${encodeURIComponent(id)}/update`,
        query: { version, rollback, registryAuthFrom },
        body: spec,
        ...write(call),
      });
      return { warnings: (reply as { Warnings?: string[] | null } | undefined)?.Warnings ?? [] };
    },
    remove: async (id, call) => {
      await named(id).remove(pass(call));
    },
    logs: (id, query = {}) =>
      readLogs(transport, `/services/${encodeURIComponent(id)}/logs`, query),
  };
}

function taskApi(docker: Docker, transport: EngineTransport): TaskApi {
  return {
    list: async ({ filters }, call) =>
      toList(await docker.listTasks({ ...pass(call), ...toFilters(filters) })) as readonly Task[],
    inspect: async (id, call) => {
      const task = docker.getTask(encodeURIComponent(id));
      return (await task.inspect(pass(call))) as Task;
    },
    logs: (id, query = {}) => readLogs(transport, `/tasks/${encodeURIComponent(id)}/logs`, query),
  };
}

/** One log; its connection is closed when the reader leaves. */
async function* readLogs(
  transport: EngineTransport,
  path: string,
  { follow = false, sinceSeconds, tail, hasTerminal = false, signal }: LogQuery,
): AsyncGenerator<LogRecord> {
  const flags = { stdout: true, stderr: true, timestamps: true, details: true };
  const query = { ...flags, follow, since: sinceSeconds, tail: tail ?? 'all' };
  const body = await transport.stream({ method: 'GET', path, query, signal });
  try {
    const { readLogRecords } = await import('./log-stream.ts');
    yield* readLogRecords(body, { path, hasTerminal });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EngineError) throw error;
    const message = `the log stream broke: ${error instanceof Error ? error.message : String(error)}`;
    const facts = { kind: 'unavailable', method: 'GET', path, code: 'log-cut' } as const;
    throw new EngineError(message, { ...facts, cause: error });
  } finally {
    body.destroy();
  }
}

function nodeApi(docker: Docker): NodeApi {
  const named = (id: string): Docker.Node => docker.getNode(encodeURIComponent(id));
  return {
    list: async ({ filters }, call) =>
      toList(await docker.listNodes({ ...pass(call), ...toFilters(filters) })) as readonly Node[],
    inspect: async (idOrName, call) => (await named(idOrName).inspect(pass(call))) as Node,
    update: async (id, spec, { version, signal }) => {
      await named(id).update({ _query: { version }, _body: spec, abortSignal: signal });
    },
    remove: async (id, query) => {
      await named(id).remove({ ...pass(query), ...(query?.force === true && { force: 1 }) });
    },
  };
}

function networkApi(docker: Docker, transport: EngineTransport): NetworkApi {
  const named = (id: string): Docker.Network => docker.getNetwork(encodeURIComponent(id));
  return {
    list: async ({ filters }, call) =>
      toList(
        await docker.listNetworks({ ...pass(call), ...toFilters(filters) }),
      ) as readonly Network[],
    inspect: async (idOrName, call) => {
      const path = `/networks/${encodeURIComponent(idOrName)}`;
      return (await transport.send({ method: 'GET', path, signal: call?.signal })) as Network;
    },
    create: async (body: NetworkCreate, call) => {
      const path = '/networks/create';
      const reply = await transport.send({ method: 'POST', path, body, signal: call?.signal });
      const { Id, Warning } = reply as { Id: NetworkId; Warning?: string };
      return { id: Id, warning: Warning ?? '' };
    },
    remove: async (id, call) => {
      await named(id).remove(pass(call));
    },
  };
}

function secretApi(
  docker: Docker,
  transport: EngineTransport,
): BlobApi<SecretId, SecretSpec, Secret> {
  const named = (id: string): Docker.Secret => docker.getSecret(encodeURIComponent(id));
  return {
    list: async ({ filters }, call) =>
      toList(
        await docker.listSecrets({ ...pass(call), ...toFilters(filters) }),
      ) as readonly Secret[],
    inspect: async (idOrName, call) =>
      (await named(idOrName).inspect(pass(call))) as unknown as Secret,
    create: async (body, call) =>
      (await createBlob(transport, '/secrets/create', body, call)) as { readonly id: SecretId },
    update: async (id, spec, { version, signal }) => {
      await named(id).update({ _query: { version }, _body: spec, abortSignal: signal });
    },
    remove: async (id, call) => {
      await named(id).remove(pass(call));
    },
  };
}

function configApi(
  docker: Docker,
  transport: EngineTransport,
): BlobApi<ConfigId, ConfigSpec, Config> {
  const named = (id: string): Docker.Config => docker.getConfig(encodeURIComponent(id));
  return {
    list: async ({ filters }, call) =>
      toList(
        await docker.listConfigs({ ...pass(call), ...toFilters(filters) }),
      ) as readonly Config[],
    inspect: async (idOrName, call) =>
      (await named(idOrName).inspect(pass(call))) as unknown as Config,
    create: async (body, call) =>
      (await createBlob(transport, '/configs/create', body, call)) as { readonly id: ConfigId },
    update: async (id, spec, { version, signal }) => {
      await named(id).update({ _query: { version }, _body: spec, abortSignal: signal });
    },
    remove: async (id, call) => {
      await named(id).remove(pass(call));
    },
  };
}

async function createBlob(
  transport: EngineTransport,
  path: string,
  body: SecretSpec | ConfigSpec,
  call: CallOptions | undefined,
): Promise<{ readonly id: string }> {
  const reply = await transport.send({ method: 'POST', path, body, signal: call?.signal });
  return { id: (reply as { ID: string }).ID };
}

/** A fresh options object for each dockerode call: it deletes members of what it gets. */
function pass(call: CallOptions | undefined): { readonly abortSignal?: AbortSignal } {
  return call?.signal ? { abortSignal: call.signal } : {};
}

function write(call: ServiceWriteOptions | undefined): {
  readonly registryAuth?: string | undefined;
  readonly signal?: AbortSignal | undefined;
} {
  return { registryAuth: call?.registryAuth, signal: call?.signal };
}

function toFilters(filters: Filters | undefined): { readonly filters?: string } {
  return filters === undefined ? {} : { filters: JSON.stringify(filters) };
}

function toList(found: unknown): readonly unknown[] {
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** Image names keep their slashes: the engine matches the rest of the path. */
function escapeImage(image: string): string {
  return encodeURI(image).replaceAll('?', '%3F').replaceAll('#', '%23');
}
