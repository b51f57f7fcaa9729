import { homedir } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { EngineClient, RegistryAuth } from '../engine/client.ts';
import { resolveConnection, type Connection } from '../engine/connection.ts';
import type { ReadFile } from '../stack/read-file.ts';
import type { ConnectRequest, Environment } from './context.ts';
import { chooseEmbedded } from './embedded/choose-embedded.ts';
import type { GlobalValues } from './global-options.ts';
import { VERSION } from './version.ts';

/** What opening an engine needs of the world. */
export interface EnginePorts {
  readonly readFile: ReadFile;
  readonly clock: Clock;
  /** Takes one line for stderr, without prefix. */
  readonly warn: (text: string) => void;
  /** Takes one line for stderr, as it is. */
  readonly tell: (text: string) => void;
}

/** The engine that flags, environment and docker's configuration name. @throws UsageError, EngineError */
export function findConnection(
  globals: GlobalValues,
  env: Environment,
  readFile: ReadFile,
): Connection {
  const isEmbedded = chooseEmbedded(globals, env) !== undefined;
  if (isEmbedded) return findConnection(asEngine(globals, EMBEDDED), withoutCluster(env), readFile);
  const { context, tls, tlsverify, tlscacert, tlscert, tlskey } = globals;
  const flags = {
    hosts: globals.host,
    context,
    tls,
    tlsVerify: tlsverify,
    tlsCaCert: tlscacert,
    tlsCert: tlscert,
    tlsKey: tlskey,
  };
  return resolveConnection(flags, { env, homeDir: homedir(), readFile });
}

/** Stands for the socket of an embedded cluster where only docker's configuration is wanted. */
const EMBEDDED = 'unix:///embedded';

function asEngine(globals: GlobalValues, host: string): GlobalValues {
  return { ...globals, embedded: undefined, context: undefined, host: [host] };
}

function withoutCluster(env: Environment): Environment {
  return { ...env, TSTACK_CLUSTER: undefined };
}

/**
 * The cluster that flags and environment name; an embedded one is started unless it runs.
 * @throws UsageError, EngineError, UserError exit 9
 */
export async function findCluster(
  { globals, env, signal, mayStart = true }: ConnectRequest,
  { readFile, tell }: EnginePorts,
): Promise<Connection> {
  const name = chooseEmbedded(globals, env);
  if (name === undefined) return findConnection(globals, env, readFile);
  const { ensureDaemon } = await import('./embedded/ensure-daemon.ts');
  const socket = await ensureDaemon({ name, env, signal, mayStart, tell });
  return findConnection(asEngine(globals, `unix://${socket}`), withoutCluster(env), readFile);
}

/** Connects to that engine; its client library is loaded now and not before. @throws EngineError exit 9 */
export async function openEngine(
  request: ConnectRequest,
  ports: EnginePorts,
): Promise<EngineClient> {
  const { signal } = request;
  const { clock, warn } = ports;
  const connection = await findCluster(request, ports);
  for (const warning of connection.warnings) warn(warning);
  const { connectEngine } = await import('../engine/dockerode-client.ts');
  return connectEngine({ connection, clock, userAgent: `tstack/${VERSION}` }, { signal });
}

/** Credentials for `--with-registry-auth`, from docker's configuration; each registry is asked once. */
export async function openRegistryAuth(
  globals: GlobalValues,
  env: Environment,
  readFile: ReadFile,
): Promise<RegistryAuth> {
  const { config } = findConnection(globals, env, readFile);
  const [{ createRegistryAuth }, { runSystemProgram }] = await Promise.all([
    import('../engine/registry-auth.ts'),
    import('../host/run-program.ts'),
  ]);
  return createRegistryAuth(config, env['DOCKER_AUTH_CONFIG'], { runProgram: runSystemProgram });
}
