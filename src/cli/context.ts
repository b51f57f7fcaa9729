import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { EngineClient } from '../engine/client.ts';
import type { SecretMemory } from '../plan/secret-memory.ts';
import type { ReleaseStore } from '../release/release-store.ts';
import type { ReadFile } from '../stack/read-file.ts';
import type { CommandGroup } from './define-command.ts';
import type { GlobalValues } from './global-options.ts';
import { wantsColor, type Output } from './output.ts';

/** The process environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A stream before anybody decided on colour. */
export type Stream = Omit<Output, 'color'>;

/**
 * Everything the outer world gives to the command line; the only door to it.
 *
 * Implementations: `system-platform.ts` (the process), test/support (memory).
 */
export interface Platform {
  readonly env: Environment;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** All of standard input; blocks until its end. */
  readonly readStdin: () => Uint8Array;
  readonly stdinIsTerminal: boolean;
  readonly readFile: ReadFile;
  /** Puts a content in place of a file, whole or not at all; gives why it could not. */
  readonly replaceFile: (
    path: string,
    content: string | Uint8Array,
    mode?: number,
  ) => Promise<string | undefined>;
  /** Asks on the terminal; undefined when the input ends. Only where `stdinIsTerminal`. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted with a CancelledError by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** What this machine remembers of secrets it wrote. */
  readonly openSecretMemory: () => Promise<SecretMemory>;
  /** What this machine keeps of the deploys of a stack. */
  readonly openReleaseFiles: (cluster: string, stack: string) => Promise<ReleaseStore>;
  /** Who runs this command, and as which process. */
  readonly describeSelf: () => Promise<Self>;
  /** Opens the engine that flags and environment name. */
  readonly connect: (request: ConnectRequest) => Promise<EngineClient>;
}

/** The user and the process of a command. */
export interface Self {
  readonly user: string;
  readonly host: string;
  /** Identity of the process, comparable on this machine; may be empty. */
  readonly process: string;
  /** Whether a process of such an identity is known to have ended. */
  readonly isGone: (process: string) => boolean;
}

/** What decides which engine is meant. */
export interface ConnectRequest {
  readonly globals: GlobalValues;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Whether an embedded cluster that does not run is started; default yes. */
  readonly mayStart?: boolean;
}

/** What a command gets: the platform, the global flags, and the engine on demand. */
export interface Context extends Omit<Platform, 'stdout' | 'stderr' | 'connect'> {
  readonly globals: GlobalValues;
  /** The registry, for help and completion. */
  readonly root: CommandGroup;
  /** Results. */
  readonly stdout: Output;
  /** Everything else. */
  readonly stderr: Output;
  /** Connects on the first call; the same client afterwards. */
  readonly engine: () => Promise<EngineClient>;
  /** Frees what the command opened; idempotent. */
  readonly close: () => void;
}

/** Wires the ports for one invocation. */
export function createContext(
  platform: Platform,
  globals: GlobalValues,
  root: CommandGroup,
): Context {
  const env = withDockerConfig(platform.env, globals);
  const paint = (stream: Stream): Output =>
    withColor(stream, wantsColor(globals.color, env, stream.isTerminal));
  let client: Promise<EngineClient> | undefined;
  let opened: EngineClient | undefined;
  return {
    ...platform,
    env,
    globals,
    root,
    stdout: paint(platform.stdout),
    stderr: paint(platform.stderr),
    engine() {
      client ??= platform
        .connect({ globals, env, signal: platform.signal })
        .then((engine) => (opened = engine));
      return client;
    },
    close() {
      opened?.close();
    },
  };
}

/** `--config DIR` is DOCKER_CONFIG by another name. */
function withDockerConfig(env: Environment, globals: GlobalValues): Environment {
  return globals.config === undefined ? env : { ...env, DOCKER_CONFIG: globals.config };
}

function withColor(stream: Stream, color: boolean): Output {
  return {
    write: (text) => stream.write(text),
    color,
    get isTerminal() {
      return stream.isTerminal;
    },
    get columns() {
      return stream.columns;
    },
    get isClosed() {
      return stream.isClosed;
    },
  };
}
