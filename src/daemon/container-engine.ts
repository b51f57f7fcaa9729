import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { EXIT_CODE, UserError } from '../base/errors.ts';
import { resolveConnection } from '../engine/connection.ts';
import { connectContainerEngine } from '../engine/container-client.ts';
import type { ContainerEngine } from '../engine/containers.ts';
import type { BackingEngine } from '../server/backend.ts';

/** The container engine that a cluster's tasks run on. */
export interface EngineBehind {
  readonly engine: ContainerEngine;
  /** The same for requests that are passed on as they are. */
  readonly backing: BackingEngine;
}

const SCHEME = 'unix://';

/**
 * Where engines of this machine listen, likeliest first: Docker's, its rootless kind, Podman's. Pure.
 * @param runtimeDirectory - of the user, absolute (XDG_RUNTIME_DIR)
 */
export function engineSockets(runtimeDirectory: string): readonly string[] {
  return [
    '/var/run/docker.sock',
    `${runtimeDirectory}/docker.sock`,
    `${runtimeDirectory}/podman/podman.sock`,
    '/run/podman/podman.sock',
  ];
}

/**
 * Connects to an engine of this machine.
 * @param host - `unix:///path`; undefined: the first engine that is there
 * @throws UserError exit 4 there is none; EngineError exit 9 it does not answer
 */
export async function openContainerEngine(
  host: string | undefined,
  options: {
    readonly clock: Clock;
    readonly version: string;
    readonly runtimeDirectory: string;
  },
): Promise<EngineBehind> {
  const path = host?.slice(SCHEME.length) ?? findSocket(options.runtimeDirectory);
  const connection = resolveConnection(
    { hosts: [`${SCHEME}${path}`] },
    { env: {}, homeDir: '/', readFile: nothing },
  );
  const { clock, version } = options;
  const userAgent = `tstack/${version}`;
  const engine = await connectContainerEngine({ connection, clock, userAgent });
  const { apiVersion } = engine;
  return { engine, backing: { name: connection.url, apiVersion, connect: () => dial(path) } };
}

function findSocket(runtimeDirectory: string): string {
  const candidates = engineSockets(runtimeDirectory);
  const found = candidates.find((one) => existsSync(one));
  if (found !== undefined) return found;
  throw new UserError('there is no container engine on this machine', {
    code: 'engine-missing',
    exitCode: EXIT_CODE.preflight,
    hint:
      `Looked for ${candidates.join(', ')}. Name its socket with --engine unix:///path; ` +
      '--runtime process needs none.',
  });
}

/** A cluster's engine is named, not configured: registries' credentials come with the services. */
function nothing(): { readonly kind: 'error'; readonly code: string; readonly message: string } {
  return { kind: 'error', code: 'ENOENT', message: 'no such file' };
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
