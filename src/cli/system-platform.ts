import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isatty } from 'node:tty';
import { CancelledError, EXIT_CODE, UserError } from '../base/errors.ts';
import { readSystemFile } from '../host/read-file.ts';
import { systemClock } from '../host/system-clock.ts';
import { systemRandom } from '../host/system-random.ts';
import type { Environment, Platform, Stream } from './context.ts';
import { openEngine } from './open-engine.ts';

/** The process as a Platform; installs its signal handlers. */
export function createSystemPlatform(): Platform {
  return {
    env: process.env,
    workingDirectory: process.cwd(),
    stdout: openStream(process.stdout, 1),
    stderr: openStream(process.stderr, 2),
    readStdin,
    get stdinIsTerminal() {
      return isatty(0);
    },
    readFile: readSystemFile,
    clock: systemClock,
    random: systemRandom,
    signal: listenToSignals(),
    openSecretMemory: async () => {
      const { openSecretMemory } = await import('../host/secret-memory.ts');
      return openSecretMemory(`${stateDirectory(process.env)}/tstack`);
    },
    connect: (request) =>
      openEngine(request, { readFile: readSystemFile, clock: systemClock, warn: writeWarning }),
  };
}

function writeWarning(text: string): void {
  process.stderr.write(`WARNING: ${text}\n`);
}

/** @source XDG Base Directory Specification */
function stateDirectory(env: Environment): string {
  const directory = env['XDG_STATE_HOME'] ?? '';
  return directory.startsWith('/') ? directory : `${homedir()}/.local/state`;
}

function openStream(target: NodeJS.WriteStream, descriptor: number): Stream {
  let isClosed = false;
  target.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isClosed = true;
  });
  return {
    write(text) {
      if (!isClosed) target.write(text);
    },
    get isTerminal() {
      return isatty(descriptor);
    },
    get columns() {
      return target.columns > 0 ? target.columns : 80;
    },
    get isClosed() {
      return isClosed;
    },
  };
}

let stdin: Uint8Array | undefined;

/** Read once: excerpts of an error ask for it again. */
function readStdin(): Uint8Array {
  try {
    return (stdin ??= readFileSync(0));
  } catch (error) {
    throw new UserError(`cannot read standard input: ${(error as Error).message}`, {
      code: 'stdin-unreadable',
      exitCode: EXIT_CODE.failed,
      hint: 'Pipe a file in (tstack config -c - < stack.yml).',
      cause: error,
    });
  }
}

/** The first signal asks the command to stop; a second one ends the process at once. */
function listenToSignals(): AbortSignal {
  const controller = new AbortController();
  const listen = (name: 'SIGINT' | 'SIGTERM', exitCode: 130 | 143): void => {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(
        new CancelledError(name === 'SIGINT' ? 'interrupted' : 'terminated', exitCode),
      );
    });
  };
  listen('SIGINT', EXIT_CODE.interrupted);
  listen('SIGTERM', EXIT_CODE.terminated);
  return controller.signal;
}
