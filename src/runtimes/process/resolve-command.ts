import { execFileSync } from 'node:child_process';
import { findProgram } from './programs.ts';

/** Where a command's program is looked for. */
export interface CommandPlace {
  /** PATH of the task. */
  readonly path: string;
  /** Absolute. */
  readonly cwd: string;
  /** The directory that is the task's `/`; default the machine's. */
  readonly root?: string | undefined;
  /** The machine's busybox, where the task's image is one of busybox. */
  readonly busybox: string | undefined;
}

/** A command as it can be executed, or why it cannot: docker's text and exit code. */
export type ResolvedCommand =
  | { readonly kind: 'ok'; readonly argv: readonly string[] }
  | { readonly kind: 'error'; readonly reason: string; readonly exitCode: 126 | 127 };

/**
 * Looks for a command's program on the task's PATH, then among the applets of busybox.
 * @source runc libcontainer (the texts); docker run, exit status 126 and 127
 */
export function resolveCommand(argv: readonly string[], place: CommandPlace): ResolvedCommand {
  const [program = '', ...args] = argv;
  const { path, cwd, root, busybox } = place;
  const found = findProgram(program, path, cwd, root);
  if (found.kind === 'found') return { kind: 'ok', argv };
  if (found.kind === 'forbidden') {
    return { kind: 'error', reason: `exec: "${program}": permission denied`, exitCode: 126 };
  }
  if (busybox !== undefined && appletsOf(busybox).has(program)) {
    return { kind: 'ok', argv: [busybox, program, ...args] };
  }
  const why = program.includes('/')
    ? 'no such file or directory'
    : 'executable file not found in $PATH';
  return { kind: 'error', reason: `exec: "${program}": ${why}`, exitCode: 127 };
}

function appletsOf(busybox: string): ReadonlySet<string> {
  return new Set(execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n'));
}
