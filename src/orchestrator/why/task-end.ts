import type { TaskStatus } from '../../swarm/task.ts';

/** Why a task ended, in kinds that call for different remedies. */
export type EndClass =
  | 'completed'
  | 'stopped'
  | 'exited'
  | 'unhealthy'
  | 'image'
  | 'command'
  | 'mount'
  | 'port'
  | 'network'
  | 'resources'
  | 'constraints'
  | 'node-lost'
  | 'error';

/** What became of a task that ended. */
export interface TaskEnd {
  readonly class: EndClass;
  /** The class, and what the exit code says, in words. */
  readonly meaning: string;
  /** The engine's last words. */
  readonly error?: string;
  readonly exitCode?: number;
  /** What to look at, an imperative without full stop. */
  readonly nextStep?: string;
}

interface Pattern {
  readonly matches: RegExp;
  readonly class: EndClass;
  readonly meaning: string;
  readonly nextStep?: string;
}

/** Texts of engines, most telling first. @source spec/orchestrator.md 18.4; moby daemon/cluster/executor/container */
const PATTERNS: readonly Pattern[] = [
  {
    matches: /unhealthy container/i,
    class: 'unhealthy',
    meaning: 'its health check failed too often',
    nextStep: 'look at the health check: its command, start_period, timeout and retries',
  },
  {
    matches: /no such image|manifest .*unknown|pull access denied|image .*not found|unauthorized/i,
    class: 'image',
    meaning: 'the node could not get the image',
    nextStep:
      'check name and tag, and deploy with --with-registry-auth if the registry asks for it',
  },
  {
    matches: /invalid mount|bind source path does not exist|error while mounting|no such volume/i,
    class: 'mount',
    meaning: 'a mount is not possible on that node',
    nextStep: 'create the path on every node that may run it, or use a volume',
  },
  {
    matches: /port is already allocated|address already in use|port .*in use/i,
    class: 'port',
    meaning: 'a port is taken on that node',
    nextStep: 'free the port there, or publish another one',
  },
  {
    matches: /no longer meets constraints|node .*constraint/i,
    class: 'constraints',
    meaning: 'its node no longer met its constraints',
    nextStep: 'give a node the label back, or change the constraint',
  },
  {
    matches: /out of memory|oom/i,
    class: 'resources',
    meaning: 'it ran out of memory',
    nextStep: 'raise deploy.resources.limits.memory',
  },
  {
    matches:
      /executable file not found|exec format error|no such file or directory|permission denied/i,
    class: 'command',
    meaning: 'its command could not be started',
    nextStep: 'check command and entrypoint, and whether the image was built for that platform',
  },
  {
    matches: /network .*not found|could not find .*network|attachment|pool overlaps/i,
    class: 'network',
    meaning: 'a network was not there on that node',
    nextStep:
      'look at the networks of the service and at the ports 4789/udp and 7946 between nodes',
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

/** Classifies the last status of a task that ended. Pure. */
export function explainEnd(status: TaskStatus): TaskEnd {
  const { State, Err, Message } = status;
  const error = Err === undefined || Err === '' ? undefined : Err;
  const facts = { ...(error !== undefined && { error }), ...exitCodeOf(status) };
  if (State === 'complete') return { class: 'completed', meaning: 'it ended by itself', ...facts };
  if (State === 'shutdown' || State === 'remove') {
    return { class: 'stopped', meaning: 'it was told to stop', ...facts };
  }
  if (State === 'orphaned') {
    const nextStep = 'bring the node back or remove it';
    return { class: 'node-lost', meaning: 'its node was lost or removed', nextStep, ...facts };
  }
  const found = PATTERNS.find(({ matches }) => matches.test(error ?? Message ?? ''));
  if (found) {
    const { matches: _, ...rest } = found;
    return { ...rest, ...facts };
  }
  if (facts.exitCode !== undefined && facts.exitCode !== 0) {
    const nextStep = 'read its log: docker service logs, or docker logs on its node';
    return { class: 'exited', meaning: exitMeaning(facts.exitCode), nextStep, ...facts };
  }
  return { class: 'error', meaning: 'it failed', ...facts };
}

/** Engines leave the code of a task that ran in its status, and in the text of its error. */
function exitCodeOf({ State, Err, ContainerStatus }: TaskStatus): { readonly exitCode?: number } {
  // It never ran; the engine says 0 all the same.
  if (State === 'rejected') return {};
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
