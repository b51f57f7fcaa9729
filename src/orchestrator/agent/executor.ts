import type { TaskId } from '../../swarm/object.ts';
import type { ContainerSpec, FileTarget } from '../../swarm/service.ts';
import type { TaskStatus } from '../../swarm/task.ts';
import type { StoredNode, StoredService, StoredTask } from '../store/stored-object.ts';

/** A secret or config of a task, to be put where it says. */
export interface TaskFile {
  readonly kind: 'secret' | 'config';
  readonly id: string;
  readonly name: string;
  /** Absent for configs that the engine itself uses (credential specs). */
  readonly file: FileTarget | undefined;
  /** Base64, placeholders filled in. */
  readonly data: string;
}

/** A task as its node gets it: the task, and everything it refers to as it is now. */
export interface Assignment {
  readonly task: StoredTask;
  readonly node: StoredNode;
  /** Absent once it was removed. */
  readonly service?: StoredService | undefined;
  /** The task's container spec, placeholders filled in. */
  readonly container: ContainerSpec;
  /**
   * The task's secrets and configs, in the order of the references. To be called when the task is
   * started, as SwarmKit does.
   * @throws Error one is gone, or its payload refers to what the task does not have
   */
  readonly files: () => readonly TaskFile[];
}

/**
 * What a runtime tells of the thing that runs a task; kept in the task's status.
 *
 * `ContainerStatus` is complete whenever it is there: as in the Engine API, PID 0 means that nothing
 * runs, and ExitCode is 0 until there is one.
 */
export interface ContainerFacts {
  readonly ContainerStatus?: Required<NonNullable<TaskStatus['ContainerStatus']>>;
  readonly PortStatus?: NonNullable<TaskStatus['PortStatus']>;
}

/**
 * How a step of a controller ended.
 *
 * `failed` ends the task: REJECTED before it was starting, FAILED from then on, with `error` as the
 * text users read (`No such image: x:1`, `task: non-zero exit (3)`). `retry` is a passing trouble:
 * the step is tried again after a second, the error shown meanwhile.
 */
export type StepOutcome =
  | { readonly kind: 'done'; readonly facts?: ContainerFacts }
  | { readonly kind: 'failed'; readonly error: string; readonly facts?: ContainerFacts }
  | { readonly kind: 'retry'; readonly error: string };

/** Gives up on a step under way: its outcome is no longer wanted and must not be told. */
export type Cancel = () => void;

/** Begins a step; tells the outcome at most once, now or later, unless cancelled. */
export type Step = (done: (outcome: StepOutcome) => void) => Cancel;

/**
 * Runs one task on one node. The whole contract of a runtime.
 *
 * Steps never overlap: the agent cancels one before it begins another. **Every step may be the
 * first one called on a fresh controller**, for a task that an earlier life of the daemon prepared,
 * started or stopped, so each looks at what exists (found by the task's id) before it acts:
 *
 * - `prepare` done when the task could be started; what is prepared already is kept;
 * - `start` done when it runs, and is healthy if it has a health check; running already is done;
 * - `wait` done when it ended by itself with exit code 0; failed with
 *   `task: non-zero exit (<code>)` otherwise, and when nothing is there to wait for;
 * - `shutdown` done when it has stopped in good order (stop signal, grace period, then kill),
 *   whatever its exit code; done at once when nothing runs;
 * - `terminate` the same by force;
 * - `remove` done when nothing of the task is left; implies `terminate`.
 *
 * `start` and `wait` fail when the task turns unhealthy, after stopping it. Steps that were given
 * up go on in the background or not, as the runtime likes; the next step copes with either.
 * @source swarmkit agent/exec/controller.go (Controller); spec/orchestrator.md 18.3, 18.4
 */
export interface Controller {
  readonly prepare: Step;
  readonly start: Step;
  readonly wait: Step;
  readonly shutdown: Step;
  readonly terminate: Step;
  readonly remove: Step;
  /** Frees what the controller itself holds (sockets, watches); leaves the task as it is. */
  close(): void;
}

/** The names of the steps. */
export type StepName = Exclude<keyof Controller, 'close'>;

/** Which lines of a task's output are wanted. */
export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  /** Only the last so many lines; undefined = all. */
  readonly tail?: number | undefined;
  /** Only lines from this instant on, ms since the epoch. */
  readonly sinceMs?: number | undefined;
}

/** One piece of a task's output. */
export interface LogRecord {
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339 with nanoseconds. */
  readonly timestamp: string;
  readonly data: Uint8Array;
}

/**
 * Makes controllers. One executor serves all logical nodes of a cluster.
 * @source swarmkit agent/exec/executor.go
 */
export interface Executor {
  /** The runtime's name, for messages. */
  readonly name: string;
  /**
   * A controller for a task; called once per task and life of the daemon.
   * @throws Error when the task cannot be run as specified; the task is rejected with its message
   */
  createController(assignment: Assignment): Controller;
  /**
   * Removes everything of tasks that are not in `known`; called once, before the first controller,
   * so that tasks which vanished while the daemon was away leave nothing behind.
   */
  sweep(known: ReadonlySet<TaskId>): void;
  /** A task's output so far, and with `follow` from then on; ends with the iterator's return. */
  readLogs(task: StoredTask, query: LogQuery): AsyncIterable<LogRecord>;
}
