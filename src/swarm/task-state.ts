/**
 * Task states in order; only the order matters, and a task never goes back.
 * @source swarmkit api/types.proto TaskState; spec/orchestrator.md section 4
 */
export const TASK_STATES = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const;

export type TaskState = (typeof TASK_STATES)[number];

const RANKS: Readonly<Record<string, number>> = Object.fromEntries(
  TASK_STATES.map((state, rank) => [state, rank]),
);

/** Position of a state in the order; unknown words (a newer engine) rank lowest. */
export function taskStateRank(state: TaskState): number {
  return RANKS[state] ?? -1;
}

/** Whether a task in this observed state has ended. */
export function isTerminal(state: TaskState): boolean {
  return taskStateRank(state) > taskStateRank('running');
}

/**
 * Who writes to the cluster's store; the parts of spec/orchestrator.md section 1.
 *
 * `orchestrator` is any of replicated, global and the two job orchestrators; `import` copies tasks
 * of another cluster as they are (simulation and prediction), so it creates but never moves them.
 */
export type Actor =
  | 'control'
  | 'allocator'
  | 'orchestrator'
  | 'updater'
  | 'restart-supervisor'
  | 'scheduler'
  | 'agent'
  | 'dispatcher'
  | 'enforcer'
  | 'reaper'
  | 'role-manager'
  | 'rebalancer'
  | 'import';

/** Legal moves to one state by one actor. */
export interface Transition {
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  readonly by: Actor;
  readonly when: string;
}

/**
 * Every legal move of a task's observed state, one step at a time.
 *
 * The one table: read by the store's write check, the agent and the documentation.
 * @source swarmkit design/tla/Tasks.tla; spec/orchestrator.md section 4
 */
export const TRANSITIONS: readonly Transition[] = [
  { from: ['new'], to: 'pending', by: 'allocator', when: 'networks and ports are there' },
  { from: ['pending'], to: 'assigned', by: 'scheduler', when: 'a node fits' },
  { from: ['pending'], to: 'shutdown', by: 'scheduler', when: 'old spec, no longer wanted' },
  { from: ['assigned'], to: 'accepted', by: 'agent', when: 'the agent has it' },
  { from: ['accepted'], to: 'preparing', by: 'agent', when: 'work begins' },
  { from: ['preparing'], to: 'ready', by: 'agent', when: 'prepared' },
  { from: ['ready'], to: 'starting', by: 'agent', when: 'desired running' },
  { from: ['starting'], to: 'running', by: 'agent', when: 'started, and healthy if checked' },
  { from: ['running'], to: 'complete', by: 'agent', when: 'exit code 0 on its own' },
  {
    from: ['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'],
    to: 'shutdown',
    by: 'agent',
    when: 'stopped because desired',
  },
  { from: ['starting', 'running'], to: 'failed', by: 'agent', when: 'error, or exit code not 0' },
  {
    from: ['assigned', 'accepted', 'preparing', 'ready'],
    to: 'rejected',
    by: 'agent',
    when: 'error before starting',
  },
  {
    from: ['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'],
    to: 'rejected',
    by: 'enforcer',
    when: 'its node no longer meets its constraints',
  },
  {
    from: ['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'],
    to: 'orphaned',
    by: 'dispatcher',
    when: 'its node was down for 24 h',
  },
  {
    from: ['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'],
    to: 'orphaned',
    by: 'control',
    when: 'its node was removed',
  },
];

/**
 * Every legal move of a task's desired state.
 * @source spec/orchestrator.md section 4, "Who may set desired state"
 */
export const DESIRED_TRANSITIONS: readonly Transition[] = [
  { from: ['ready'], to: 'running', by: 'restart-supervisor', when: 'its delay is over' },
  { from: ['ready'], to: 'complete', by: 'restart-supervisor', when: 'likewise, a job task' },
  { from: ['ready', 'running'], to: 'shutdown', by: 'updater', when: 'replaced by an update' },
  { from: ['ready', 'running'], to: 'shutdown', by: 'rebalancer', when: 'moved, or in vain' },
  {
    from: ['ready', 'running', 'complete'],
    to: 'shutdown',
    by: 'restart-supervisor',
    when: 'it ended, or its node is drained or down',
  },
  {
    from: ['ready', 'running', 'complete'],
    to: 'shutdown',
    by: 'orchestrator',
    when: 'a global service is not wanted on its node',
  },
  {
    from: ['ready', 'running', 'complete', 'shutdown'],
    to: 'remove',
    by: 'orchestrator',
    when: 'scaled down, service removed, or an old job iteration',
  },
];

/**
 * The desired states a task may be born with, by creator. `import` may give it any state.
 * @source spec/orchestrator.md section 4
 */
export const DESIRED_AT_BIRTH: readonly Omit<Transition, 'from'>[] = [
  { to: 'running', by: 'orchestrator', when: 'a new slot or node' },
  { to: 'complete', by: 'orchestrator', when: 'a job task' },
  { to: 'ready', by: 'updater', when: 'a replacement, waiting' },
  { to: 'running', by: 'rebalancer', when: 'beside the task that it is to replace' },
  { to: 'ready', by: 'restart-supervisor', when: 'a replacement, waiting' },
];

type Reach = ReadonlyMap<Actor, ReadonlyMap<TaskState, ReadonlySet<TaskState>>>;

const OBSERVED_REACH = reachOf(TRANSITIONS);
const DESIRED_REACH = reachOf(DESIRED_TRANSITIONS);

/**
 * Whether `by` may move a task's observed state so, in one step or several of its own.
 *
 * Several, because agents report only the newest status: assigned may be followed by running.
 */
export function isLegalTransition(from: TaskState, to: TaskState, by: Actor): boolean {
  return from === to || OBSERVED_REACH.get(by)?.get(from)?.has(to) === true;
}

/** Whether `by` may move a task's desired state so. */
export function isLegalDesiredTransition(from: TaskState, to: TaskState, by: Actor): boolean {
  return from === to || DESIRED_REACH.get(by)?.get(from)?.has(to) === true;
}

/** Whether `by` may create a task with this desired and observed state. */
export function isLegalBirth(desired: TaskState, observed: TaskState, by: Actor): boolean {
  if (by === 'import') return true;
  return observed === 'new' && DESIRED_AT_BIRTH.some((row) => row.to === desired && row.by === by);
}

/** Per actor and state, the states the actor's rows lead to: the transitive closure. */
function reachOf(table: readonly Transition[]): Reach {
  const reach = new Map<Actor, Map<TaskState, Set<TaskState>>>();
  for (const actor of new Set(table.map((row) => row.by))) {
    const rows = table.filter((row) => row.by === actor);
    reach.set(actor, new Map(TASK_STATES.map((state) => [state, reachableFrom(state, rows)])));
  }
  return reach;
}

function reachableFrom(state: TaskState, rows: readonly Transition[]): Set<TaskState> {
  const found = new Set<TaskState>();
  const queue = [state];
  for (let next = queue.pop(); next; next = queue.pop()) {
    for (const row of rows) {
      if (!row.from.includes(next) || found.has(row.to)) continue;
      found.add(row.to);
      queue.push(row.to);
    }
  }
  return found;
}
