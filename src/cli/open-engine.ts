import { homedir } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { EngineClient, RegistryAuth } from '../engine/client.ts';
import { resolveConnection, type Connection } from '../engine/connection.ts';
import type { ReadFile } from '../stack/read-file.ts';
import type { ConnectRequest, Environment } from './context.ts';
import type { GlobalValues } from './global-options.ts';
import { VERSION } from './version.ts';

/** What opening an engine needs of the world. */
export interface EnginePorts {
  readonly readFile: ReadFile;
  readonly clock: Clock;
  /** Takes one line for stderr, without prefix. */
  readonly warn: (text: string) => void;
}

/** The engine that flags, environment and docker's configuration name. @throws UsageError, EngineError */
export function findConnection(
  globals: GlobalValues,
  env: Environment,
  readFile: ReadFile,
): Connection {
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

/** Connects to that engine; its client library is loaded now and not before. @throws EngineError exit 9 */
export async function openEngine(
  { globals, env, signal }: ConnectRequest,
  { readFile, clock, warn }: EnginePorts,
): Promise<EngineClient> {
  const connection = findConnection(globals, env, readFile);
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
