import { spawn } from 'node:child_process';
import type { ProgramResult, RunProgram } from '../engine/registry-auth.ts';

/** Runs real programs, found on PATH, without a shell. Rejects only when aborted. */
export const runSystemProgram: RunProgram = ({ program, args, stdin }, options) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: 'pipe', signal: options?.signal });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(abortReason(options?.signal, error));
      else resolve({ code: undefined, ...output, startError: startError(error) });
    });
    child.on('close', (code) => resolve({ code: code ?? 1, ...output } satisfies ProgramResult));
    // A program that does not read its input closes the pipe; its exit code tells the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });

function startError(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT' ? 'executable file not found in $PATH' : error.message;
}

function abortReason(signal: AbortSignal | undefined, fallback: Error): Error {
  return signal?.reason instanceof Error ? signal.reason : fallback;
}
