import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

/** How a command ended. */
export interface Ended {
  /** Exit code; 128 + n when signal n ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is run with. */
export interface RunOptions {
  /** Everything the command may see of the environment, besides PATH and an empty HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  /** Kills it and fails after this long; default 120 s. */
  readonly limitMs?: number;
}

/** A running command. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves once stdout and stderr together match. */
  readonly prints: (pattern: RegExp) => Promise<void>;
  readonly ended: Promise<Ended>;
}

const TSTACK = resolve(import.meta.dirname, '../../bin/tstack.js');
const SIGNALS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs the built `bin/tstack.js` to its end. */
export function runTstack(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return startTstack(args, options).ended;
}

/** Starts the built `bin/tstack.js`. */
export function startTstack(args: readonly string[], options: RunOptions = {}): Running {
  return start(process.execPath, [TSTACK, ...args], options);
}

/** Runs any program the same way, e.g. the docker command. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  return start(program, args, options).ended;
}

function start(program: string, args: readonly string[], options: RunOptions): Running {
  const { env = {}, stdin, cwd, limitMs = 120_000 } = options;
  const child = spawn(program, [...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      output[name] += text;
      for (const watch of watchers) watch();
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin ?? '');
  const ended = new Promise<Ended>((done, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new Error(
          `${args.join(' ')}: not done after ${limitMs} ms\n${output.stdout}\n${output.stderr}`,
        ),
      );
    }, limitMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ code: code ?? 128 + (SIGNALS[signal ?? ''] ?? 0), ...output });
    });
  });
  const prints = (pattern: RegExp): Promise<void> =>
    new Promise((seen, reject) => {
      const watch = (): void => {
        if (!pattern.test(`${output.stdout}\n${output.stderr}`)) return;
        watchers.delete(watch);
        seen();
      };
      watchers.add(watch);
      watch();
      ended.then(
        () =>
          reject(
            new Error(`it ended without printing ${pattern}:\n${output.stdout}\n${output.stderr}`),
          ),
        reject,
      );
    });
  return { child, prints, ended };
}
