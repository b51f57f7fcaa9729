import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { CancelledError, EXIT_CODE, UserError } from '../base/errors.ts';
import { readSystemFile } from '../host/read-file.ts';
import { systemClock } from '../host/system-clock.ts';
import { systemRandom } from '../host/system-random.ts';
import type { Environment, Platform } from './context.ts';
import { openEngine, type EnginePorts } from './open-engine.ts';
import type { Launcher } from './main.ts';
import { isTerminal, openStream } from './process-stream.ts';

/** Length in bytes from which a file is much work, about 40 services. */
const LONG_FILE = 32_768;

/** The process as a Platform; installs its signal handlers. */
export function createSystemPlatform({ optimiseLate }: Launcher): Platform {
  const signal = listenToSignals();
  return {
    env: process.env,
    workingDirectory: process.cwd(),
    stdout: openStream(1, () => process.stdout),
    stderr: openStream(2, () => process.stderr),
    readStdin,
    get stdinIsTerminal() {
      return isTerminal(0);
    },
    readFile: (path) => {
      const content = readSystemFile(path);
      if (content.kind === 'data' && content.bytes.length > LONG_FILE) optimiseLate();
      return content;
    },
    replaceFile: async (path, content, mode) => {
      const { replaceSystemFile } = await import('../host/replace-file.ts');
      return replaceSystemFile(path, content, mode);
    },
    ask: async (question) => {
      const { askTerminal } = await import('../host/ask-terminal.ts');
      return askTerminal(question, { input: process.stdin, output: process.stderr, signal });
    },
    clock: systemClock,
    random: systemRandom,
    signal,
    openSecretMemory: async () => {
      const { openSecretMemory } = await import('../host/secret-memory.ts');
      return openSecretMemory(`${stateDirectory(process.env)}/tstack`);
    },
    openReleaseFiles: async (cluster, stack) => {
      const { openReleaseFiles } = await import('../host/release-files.ts');
      const parent = `${stateDirectory(process.env)}/tstack/releases`;
      return openReleaseFiles(parent, { cluster, stack });
    },
    describeSelf: async () => {
      const { isProcessGone, processIdentity, whoAmI } =
        await import('../host/process-identity.ts');
      return { ...whoAmI(), process: processIdentity(), isGone: isProcessGone };
    },
    connect: (request) => openEngine(request, SYSTEM_PORTS),
  };
}

/** What opening an engine needs, from this process. */
export const SYSTEM_PORTS: EnginePorts = {
  readFile: readSystemFile,
  clock: systemClock,
  warn: writeWarning,
  tell: (text) => {
    process.stderr.write(`${text}\n`);
  },
};

function writeWarning(text: string): void {
  process.stderr.write(`WARNING: ${text}\n`);
}

/** @source XDG Base Directory Specification */
function stateDirectory(env: Environment): string {
  const directory = env['XDG_STATE_HOME'] ?? '';
  return directory.startsWith('/') ? directory : `${homedir()}/.local/state`;
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
  // Every request under way listens, and many are under way at once: no leak to warn of.
  setMaxListeners(0, controller.signal);
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
