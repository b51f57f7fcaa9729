/** Names in a task's directory that the shim writes, or opens. */
export const SHIM_FILES = {
  /** FIFOs of the task's output; the daemon reads them. */
  stdout: 'stdout',
  stderr: 'stderr',
  /** FIFO that only the shim holds open: it ends when the shim does. */
  alive: 'alive',
  /** Made before anything runs, so that nothing is started twice. */
  started: 'started',
  /** Boot id, then /proc/<pid>/stat of the shim and of the task's first process. */
  identity: 'identity',
  /** The exit code, and a newline. */
  exit: 'exit',
} as const;

/*
 * Watches over one task, outlives the daemon, and writes down how the task ended.
 *
 * Arguments: the task's directory, `cgroup.procs` files to join, `--`, the command. Nothing of the
 * user's is ever part of the script. The FIFOs are opened for reading too, so that the task is
 * never told that nobody listens: output waits in the pipe (64 KiB) until the daemon is back.
 * Only builtins are used but for setsid, so a task costs one small shell.
 */
const SCRIPT = `
set -C
: >"$1/started"
set +C
tstack_dir=$1
shift
exec 3<>"$tstack_dir/stdout" 4<>"$tstack_dir/stderr" 5<>"$tstack_dir/alive" 2>/dev/null
until [ "$1" = -- ]; do
  echo $$ >"$1"
  shift
done
shift
( umask 022; exec "$@" ) >&3 2>&4 3>&- 4>&- 5>&- &
exec 3>&- 4>&-
umask 077
read -r tstack_boot </proc/sys/kernel/random/boot_id
read -r tstack_shim </proc/$$/stat
read -r tstack_main </proc/$!/stat
printf '%s\\n' "$tstack_boot" "$tstack_shim" "$tstack_main" >"$tstack_dir/identity"
echo >&5
wait $!
echo $? >"$tstack_dir/exit"
`;

export interface ShimOptions {
  /** The task's directory, absolute. */
  readonly directory: string;
  /** `cgroup.procs` files, absolute. */
  readonly cgroups: readonly string[];
  /** Programs that wrap the task's command, and the command. */
  readonly argv: readonly string[];
  /** Absolute paths. */
  readonly programs: { readonly sh: string; readonly setsid: string };
}

/**
 * The argv of a task's shim. The shim is to be started in a session of its own; the command gets
 * another, so a signal to the task's session does not reach the shim.
 */
export function shimArgv(options: ShimOptions): readonly [string, ...string[]] {
  const { directory, cgroups, argv, programs } = options;
  const command = [programs.setsid, ...argv];
  return [programs.sh, '-c', SCRIPT, 'tstack-shim', directory, ...cgroups, '--', ...command];
}

/** What identifies a process for good: numbers are used again, start times are not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly startTicks: string;
}

/** What /proc/<pid>/stat tells. @source proc(5), /proc/pid/stat */
export interface ProcessStat extends ProcessIdentity {
  /** One letter; Z is a process that has ended. */
  readonly state: string;
  readonly group: number;
  readonly session: number;
}

/** Reads a line of /proc/<pid>/stat; undefined when it is none. The name may hold anything. */
export function parseStat(line: string): ProcessStat | undefined {
  const pid = /^(\d+) \(/.exec(line)?.[1];
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, , group, session] = fields;
  const startTicks = fields[19];
  if (pid === undefined || state === undefined || startTicks === undefined) return undefined;
  return {
    pid: Number(pid),
    startTicks,
    state,
    group: Number(group),
    session: Number(session),
  };
}

/** What the shim wrote down when it had started the task. */
export interface TaskIdentity {
  readonly bootId: string;
  readonly shim: ProcessIdentity;
  readonly main: ProcessIdentity;
}

/** Reads the identity file; undefined when it is not complete. */
export function parseIdentity(text: string): TaskIdentity | undefined {
  const [bootId, shimLine, mainLine, end] = text.split('\n');
  if (end === undefined) return undefined;
  const shim = parseStat(shimLine ?? '');
  const main = parseStat(mainLine ?? '');
  return bootId && shim && main ? { bootId, shim, main } : undefined;
}

/** Reads the exit file; undefined when it is not complete. */
export function parseExitCode(text: string): number | undefined {
  const digits = /^(\d{1,3})\n$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
