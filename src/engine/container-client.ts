import { EngineError } from '../base/errors.ts';
import type {
  ContainerEngine,
  ContainerOutput,
  ContainerState,
  ContainerSummary,
  EngineEvent,
  LocalNetwork,
} from './containers.ts';
import {
  createTransport,
  type EngineTransport,
  type TransportOptions,
} from './dockerode-transport.ts';
import { readFrames } from './log-stream.ts';

/** Stopping may take the whole grace period, and the engine a while more, ms. */
const STOP_SLACK_MS = 60_000;

/**
 * Connects to an engine that runs containers.
 * @throws EngineError with exit code 9 when it cannot be reached or is too old
 */
export async function connectContainerEngine(options: TransportOptions): Promise<ContainerEngine> {
  const transport = await createTransport(options);
  try {
    await transport.negotiate();
    return createContainerEngine(transport);
  } catch (error) {
    transport.close();
    throw error;
  }
}

function createContainerEngine(transport: EngineTransport): ContainerEngine {
  return {
    apiVersion: transport.apiVersion,
    ...containerCalls(transport),
    ...imageCalls(transport),
    ...networkCalls(transport),
    events: async (filters, signal) => {
      const query = { filters: JSON.stringify(filters) };
      const path = '/events';
      return readJsonLines(await transport.stream({ method: 'GET', path, query, signal }));
    },
    createVolume: async (body, call) => {
      await transport.send({ method: 'POST', path: '/volumes/create', body, ...call });
    },
    close: () => transport.close(),
  };
}

type ContainerCalls = Pick<
  ContainerEngine,
  'create' | 'start' | 'stop' | 'kill' | 'remove' | 'inspect' | 'list' | 'logs'
>;

function containerCalls(transport: EngineTransport): ContainerCalls {
  const container = (id: string, rest: string): string =>
    `/containers/${encodeURIComponent(id)}${rest}`;
  return {
    create: async (name, body, call) => {
      const path = '/containers/create';
      const query = { name };
      const reply = await transport.send({ method: 'POST', path, query, body, ...call });
      const { Id, Warnings } = reply as { Id: string; Warnings?: readonly string[] | null };
      return { id: Id, warnings: Warnings ?? [] };
    },
    start: async (id, call) => {
      await transport.send({ method: 'POST', path: container(id, '/start'), ...call });
    },
    stop: async (id, { graceSeconds, signal }) => {
      await transport.send({
        method: 'POST',
        path: container(id, '/stop'),
        query: { t: graceSeconds },
        signal,
        timeoutMs: graceSeconds * 1000 + STOP_SLACK_MS,
      });
    },
    kill: (id, call) =>
      unlessGone(transport.send({ method: 'POST', path: container(id, '/kill'), ...call })),
    remove: (id, call) =>
      unlessGone(
        transport.send({
          method: 'DELETE',
          path: container(id, ''),
          query: { force: true, v: true },
          ...call,
        }),
      ),
    inspect: async (id, call) =>
      (await transport.send({
        method: 'GET',
        path: container(id, '/json'),
        ...call,
      })) as ContainerState,
    list: async (filters, call) =>
      (await transport.send({
        method: 'GET',
        path: '/containers/json',
        query: { all: true, filters: JSON.stringify(filters) },
        ...call,
      })) as readonly ContainerSummary[],
    logs: (id, query) => readLogs(transport, container(id, '/logs'), query),
  };
}

function imageCalls(transport: EngineTransport): Pick<ContainerEngine, 'hasImage' | 'pull'> {
  return {
    hasImage: async (reference, call) => {
      const path = `/images/${escapeImage(reference)}/json`;
      try {
        await transport.send({ method: 'GET', path, ...call });
        return true;
      } catch (error) {
        if (error instanceof EngineError && error.kind === 'not-found') return false;
        throw error;
      }
    },
    pull: (reference, query) => pull(transport, reference, query),
  };
}

function networkCalls(
  transport: EngineTransport,
): Pick<ContainerEngine, 'createNetwork' | 'listNetworks' | 'removeNetwork' | 'connectNetwork'> {
  return {
    createNetwork: async (body, call) => {
      const path = '/networks/create';
      return ((await transport.send({ method: 'POST', path, body, ...call })) as { Id: string }).Id;
    },
    listNetworks: async (filters, call) =>
      (await transport.send({
        method: 'GET',
        path: '/networks',
        query: { filters: JSON.stringify(filters) },
        ...call,
      })) as readonly LocalNetwork[],
    removeNetwork: async (id, call) => {
      await transport.send({
        method: 'DELETE',
        path: `/networks/${encodeURIComponent(id)}`,
        ...call,
      });
    },
    connectNetwork: async (network, body, call) => {
      const path = `/networks/${encodeURIComponent(network)}/connect`;
      await transport.send({ method: 'POST', path, body, ...call });
    },
  };
}

/** Killing or removing what has ended, or is gone, is done. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const isGone =
      error instanceof EngineError && (error.kind === 'not-found' || error.kind === 'conflict');
    if (!isGone) throw error;
  }
}

/** A failure comes as a line of the stream, behind a status that says all is well. */
async function pull(
  transport: EngineTransport,
  reference: string,
  query: Parameters<ContainerEngine['pull']>[1],
): Promise<void> {
  const path = '/images/create';
  const body = await transport.stream({
    method: 'POST',
    path,
    query: { fromImage: reference },
    ...query,
  });
  for await (const line of readJsonLines<{ readonly error?: string }>(body)) {
    if (line.error === undefined) continue;
    throw new EngineError(line.error, { kind: 'internal', method: 'POST', path });
  }
}

async function* readJsonLines<T = EngineEvent>(body: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
  }
}

async function* readLogs(
  transport: EngineTransport,
  path: string,
  query: Parameters<ContainerEngine['logs']>[1],
): AsyncGenerator<ContainerOutput> {
  const { signal, hasTerminal, tail, ...flags } = query;
  const body = await transport.stream({
    method: 'GET',
    path,
    query: { ...flags, tail: tail ?? 'all' },
    signal,
  });
  try {
    yield* hasTerminal ? rawOutput(body) : outputOf(body);
  } finally {
    body.destroy();
  }
}

async function* rawOutput(body: AsyncIterable<Uint8Array>): AsyncGenerator<ContainerOutput> {
  for await (const data of body) yield { stream: 'stdout', data };
}

/** What the engine has to say itself is left out: the container's end tells. */
async function* outputOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<ContainerOutput> {
  for await (const { stream, data } of readFrames(body)) {
    if (stream !== 'system') yield { stream, data };
  }
}

/** Image names keep their slashes: the engine matches the rest of the path. */
function escapeImage(image: string): string {
  return encodeURI(image).replaceAll('?', '%3F').replaceAll('#', '%23');
}
