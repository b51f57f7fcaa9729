import { EngineError, EXIT_CODE, UserError } from '../../base/errors.ts';
import { findCluster } from '../open-engine.ts';
import type { Context } from '../context.ts';
import { SYSTEM_PORTS } from '../system-platform.ts';
import { VERSION } from '../version.ts';

/** Endpoints of an embedded cluster that no docker engine has. */
export interface DaemonApi {
  /** @param path - below `/tstack/v1` */
  send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  close(): void;
}

type Circumstances = Pick<Context, 'globals' | 'env' | 'signal'>;

/**
 * Connects to the cluster that flags and environment name.
 * @throws EngineError exit 9; UserError when what answers is a docker engine
 */
export async function openDaemonApi(
  { globals, env, signal }: Circumstances,
  options: { readonly mayStart?: boolean } = {},
): Promise<DaemonApi> {
  const connection = await findCluster({ globals, env, signal, ...options }, SYSTEM_PORTS);
  const { createTransport } = await import('../../engine/dockerode-transport.ts');
  const { clock } = SYSTEM_PORTS;
  const transport = await createTransport({ connection, clock, userAgent: `tstack/${VERSION}` });
  try {
    await transport.negotiate(signal);
  } catch (error) {
    transport.close();
    throw error;
  }
  return {
    async send(method, path, body) {
      try {
        return await transport.send({ method, path: `/tstack/v1${path}`, body, signal });
      } catch (error) {
        throw isNoSuchPage(error) ? notEmbedded(connection.url, error) : error;
      }
    },
    close: () => transport.close(),
  };
}

/** The flags that name an embedded cluster, whatever was said. */
export function embeddedGlobals(globals: Context['globals'], name: string): Context['globals'] {
  return { ...globals, embedded: name, host: [], context: undefined };
}

function isNoSuchPage(error: unknown): boolean {
  return (
    error instanceof EngineError && error.status === 404 && /page not found/.test(error.message)
  );
}

function notEmbedded(url: string, cause: unknown): UserError {
  return new UserError(`the engine at ${url} is not an embedded cluster of tstack`, {
    code: 'not-embedded',
    exitCode: EXIT_CODE.preflight,
    hint:
      'say --embedded for the cluster of this machine; nodes of a real Swarm join by themselves ' +
      '(`docker swarm join`), and fail by themselves',
    cause,
  });
}
