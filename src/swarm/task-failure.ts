import type { TaskStatus } from './task.ts';

/** Why a task failed or does not start, in classes that call for different remedies. */
export const FAILURE_CLASSES = [
  'image-pull',
  'credential',
  'command',
  'crash',
  'oom',
  'health',
  'scheduling',
  'network',
  'volume',
  'port',
  'node-lost',
  'unknown',
] as const;

export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** One failure, classified. */
export interface TaskFailure {
  readonly class: FailureClass;
  /** The class, and what the exit code says, in words. */
  readonly meaning: string;
  /** The engine's last words. */
  readonly error?: string;
  /** Of a process that ran. */
  readonly exitCode?: number;
  /** What to look at, an imperative without full stop. */
  readonly nextStep?: string;
}

/** What the class depends on besides the status. */
export interface FailureContext {
  /** `Resources.Limits.MemoryBytes` of the task; absent means no limit. */
  readonly memoryBytes?: number | undefined;
}

interface Pattern {
  readonly matches: RegExp;
  readonly class: FailureClass;
  readonly meaning: string;
  readonly nextStep?: string;
}

/** Texts of engines, most telling first. */
const PATTERNS: readonly Pattern[] = [
  {
    matches: /unhealthy container/i,
    class: 'health',
    meaning: 'its health check failed too often',
    nextStep: 'look at the health check: its command, start_period, timeout and retries',
  },
  {
    matches:
      /pull access denied|unauthorized|authentication required|denied: requested access|no basic auth credentials/i,
    class: 'credential',
    meaning: 'the registry did not let the node have the image',
    nextStep: 'log in to the registry, and deploy with --with-registry-auth',
  },
  {
    matches:
      /no such image|manifest .*unknown|no matching manifest|image .*not found|repository .*not found|toomanyrequests|pull rate limit|failed to pull|error pulling|invalid reference format/i,
    class: 'image-pull',
    meaning: 'the node could not get the image',
    nextStep:
      'check name and tag, and deploy with --with-registry-auth if the registry asks for it',
  },
  {
    matches: /out of memory|oom[- ]?killed|\boom\b|cannot allocate memory/i,
    class: 'oom',
    meaning: 'it ran out of memory',
    nextStep: 'raise deploy.resources.limits.memory',
  },
  {
    matches: /host-mode port already in use/i,
    class: 'port',
    meaning: 'its port is taken on every node that suits otherwise',
    nextStep: 'free the port on a node, publish another one, or run fewer tasks',
  },
  {
    matches: /no longer meets constraints|node .*constraint/i,
    class: 'scheduling',
    meaning: 'its node no longer met its constraints',
    nextStep: 'give a node the label back, or change the constraint',
  },
  {
    matches: /no suitable node|insufficient resources/i,
    class: 'scheduling',
    meaning: 'no node suits it',
    nextStep: 'ask why: tstack why SERVICE.SLOT names what each node lacks',
  },
  {
    matches:
      /port is already allocated|address already in use|ports? .*in use|driver failed programming external connectivity/i,
    class: 'port',
    meaning: 'a port is taken on that node',
    nextStep: 'free the port there, or publish another one',
  },
  {
    matches:
      /invalid (?:volume )?mount|invalid bind mount|bind source path|error while mounting|no such volume|volume .*not found|failed to mount|failed to populate volume|cluster volume|create \S+: conflict: volume/i,
    class: 'volume',
    meaning: 'a mount is not possible on that node',
    nextStep: 'create the path on every node that may run it, or use a volume',
  },
  {
    matches:
      /network .*not found|could not find .*(?:network|address pool)|network.* attach|attachment|pool overlaps|no available (?:IPv4 )?address|subnet sandbox join failed|failed to set up container networking|endpoint .*network/i,
    class: 'network',
    meaning: 'a network was not there on that node',
    nextStep:
      'look at the networks of the service and at the ports 4789/udp and 7946 between nodes',
  },
  {
    matches:
      /executable file not found|exec format error|no such file or directory|permission denied|is a directory|OCI runtime create failed|starting container failed/i,
    class: 'command',
    meaning: 'its command could not be started',
    nextStep: 'check command and entrypoint, and whether the image was built for that platform',
  },
];

/** What exit codes beyond 0 usually mean; others are the program's own. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  125: 'the engine could not run it',
  126: 'its command is not executable',
  127: 'its command was not found',
  134: 'it aborted (SIGABRT)',
  137: 'it was killed (SIGKILL): out of memory, or still running after stop_grace_period',
  139: 'it crashed (SIGSEGV)',
  143: 'it was told to stop (SIGTERM)',
};

const EXIT_TEXT = /non-zero exit \((\d+)\)/;
const KILLED = 137;
const BYTES_PER_MIB = 2 ** 20;

/**
 * Classifies the status of a task that failed, was rejected or finds no node. Pure.
 *
 * The API says of no task that it was out of memory: one that was killed and has a memory limit is
 * taken for it.
 * @source spec/orchestrator.md 10.3, 18.4; moby daemon/cluster/executor/container
 */
export function classifyFailure(status: TaskStatus, context: FailureContext = {}): TaskFailure {
  const { State, Err, Message } = status;
  const error = Err === undefined || Err === '' ? undefined : Err;
  const facts = { ...(error !== undefined && { error }), ...exitCodeOf(status) };
  if (State === 'orphaned') {
    const nextStep = 'bring the node back or remove it';
    return { class: 'node-lost', meaning: 'its node was lost or removed', nextStep, ...facts };
  }
  const found = PATTERNS.find(({ matches }) => matches.test(error ?? Message ?? ''));
  if (found) {
    const { matches: _, ...rest } = found;
    return { ...rest, ...facts };
  }
  const { exitCode } = facts;
  const { memoryBytes = 0 } = context;
  if (exitCode === KILLED && memoryBytes > 0) {
    const limit = `${Math.round(memoryBytes / BYTES_PER_MIB)} MiB`;
    const meaning = `it was killed (SIGKILL), most likely for its memory limit of ${limit}`;
    return { class: 'oom', meaning, nextStep: 'raise deploy.resources.limits.memory', ...facts };
  }
  if (exitCode !== undefined && exitCode !== 0) {
    const nextStep = 'read its log: tstack logs STACK SERVICE';
    return { class: 'crash', meaning: exitMeaning(exitCode), nextStep, ...facts };
  }
  return { class: 'unknown', meaning: 'it failed', ...facts };
}

/** Engines leave the code of a task that ran in its status, and in the text of its error. */
export function exitCodeOf({ State, Err, ContainerStatus }: TaskStatus): {
  readonly exitCode?: number;
} {
  // It never ran; the engine says 0 all the same.
  if (State === 'rejected' || State === 'pending') return {};
  const told = EXIT_TEXT.exec(Err ?? '')?.[1];
  const exitCode = told === undefined ? ContainerStatus?.ExitCode : Number(told);
  return exitCode === undefined ? {} : { exitCode };
}

function exitMeaning(code: number): string {
  const known = EXIT_CODES[code];
  if (known !== undefined) return known;
  return code > 128 && code < 160
    ? `it was ended by signal ${code - 128}`
    : 'it ended with an error of its own';
}
