import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EXIT_CODE, UserError, type ExitCode } from '../../base/errors.ts';
import type { ClusterPaths } from '../../daemon/paths.ts';
import type { Environment } from '../context.ts';
import { READY, READY_DESCRIPTOR, type FailureReport } from './readiness.ts';

export interface StartRequest {
  readonly paths: ClusterPaths;
  /** Flags for `tstack cluster run`. */
  readonly flags: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/**
 * Starts the daemon of a cluster in the background and waits until it answers.
 * @throws UserError what kept it from starting, in its own words
 */
export async function startDaemonProcess(request: StartRequest): Promise<void> {
  const first = await attempt(request);
  if (first.kind === 'ready') return;
  // A state that ends the process when it is read is recognised, and named, by the second attempt.
  const second = first.kind === 'crashed' ? await attempt(request) : first;
  if (second.kind === 'ready') return;
  throw second.kind === 'failed' ? toError(second.report) : crashed(request.paths, second.how);
}

type Attempt =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly report: FailureReport }
  | { readonly kind: 'crashed'; readonly how: string };

async function attempt({ paths, flags, env, signal }: StartRequest): Promise<Attempt> {
  signal.throwIfAborted();
  const program = process.argv[1] ?? '';
  const readiness = ['--ready-descriptor', String(READY_DESCRIPTOR)];
  const args = [program, 'cluster', 'run', paths.name, ...flags, ...readiness];
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    cwd: '/',
    detached: true,
    env: withoutCommandFlags(env),
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const pipe = child.stdio[READY_DESCRIPTOR] as NodeJS.ReadableStream;
  let text = '';
  for await (const chunk of pipe) {
    text += String(chunk);
    if (text.startsWith(READY)) break;
  }
  child.unref();
  if (text.startsWith(READY)) return { kind: 'ready' };
  if (text !== '') return { kind: 'failed', report: JSON.parse(text) as FailureReport };
  const [code, endSignal] = await ended;
  return { kind: 'crashed', how: endSignal ?? `exit code ${code}` };
}

/** Variables that stand for flags of the command that starts the daemon are not the daemon's. */
function withoutCommandFlags(env: Environment): Environment {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('TSTACK_'));
  return Object.fromEntries(kept);
}

function toError({ message, code, exitCode, hint }: FailureReport): UserError {
  return new UserError(message, { code, exitCode: exitCode as ExitCode, hint });
}

function crashed({ name, log }: ClusterPaths, how: string): UserError {
  return new UserError(`the embedded cluster ${name} ended before it was ready (${how})`, {
    code: 'cluster-crashed',
    exitCode: EXIT_CODE.unreachable,
    hint: `Look at ${log}; 'tstack cluster run ${name}' starts it in the foreground.`,
  });
}
