import type { Instant } from '../base/clock.ts';
import type { ExitCode } from '../base/errors.ts';
import type { PlanNote } from '../plan/plan.ts';
import type { DependencyCondition } from '../stack/stack-spec.ts';
import type { TaskFailure } from '../swarm/task-failure.ts';
import type { TaskState } from '../swarm/task-state.ts';

/** Every kind of step that shows in events: plan operations and the removals of `rm`. */
export type StepKind = `${'network' | 'secret' | 'config' | 'service'}-${StepVerb}`;
type StepVerb = 'create' | 'update' | 'verify' | 'keep' | 'remove';

/** One slot (or node, for global services) as the watcher sees it. */
export interface SlotView {
  /** `1`…`n`, or the node's hostname for global services. */
  readonly slot: string;
  readonly state: TaskState;
  readonly node?: string | undefined;
  /** The task's error, when it has one. */
  readonly error?: string | undefined;
  /** Whether the task runs the declared spec. */
  readonly current: boolean;
}

/** A task that failed, was rejected or finds no node. */
export interface TaskFailureView extends TaskFailure {
  readonly taskId: string;
  /** `shop_web.1`; a global service's node in place of the number. */
  readonly task: string;
  /** Hostname. */
  readonly node?: string | undefined;
  readonly state: TaskState;
}

/** A failure with the last that its task wrote. */
export interface ExplainedFailure extends TaskFailureView {
  readonly service: string;
  /** Last lines of its log, oldest first; may be empty. */
  readonly log: readonly string[];
  /** Why its log could not be read. */
  readonly logError?: string | undefined;
}

/** Where a service stands on its way to converged. */
export type ServicePhase =
  | 'waiting' // not enough tasks run the declared spec
  | 'monitoring' // all run; its monitor window has not passed
  | 'converged'
  | 'paused'
  | 'rolled-back'
  | 'failed' // its tasks keep failing, or it disappeared
  | 'timed-out';

/** A service at one instant. */
export interface ServiceView {
  readonly service: string;
  readonly serviceId: string;
  readonly mode: 'replicated' | 'global' | 'replicated-job' | 'global-job';
  readonly phase: ServicePhase;
  /** Tasks that run (jobs: are complete) with the declared spec. */
  readonly done: number;
  /** Tasks that should. */
  readonly wanted: number;
  /** Why it is not converged, a phrase; absent when it is. */
  readonly reason?: string | undefined;
  /** The engine's own update state, when there is one. */
  readonly updateState?: string | undefined;
  /** Sorted by slot. */
  readonly slots: readonly SlotView[];
  /** What keeps it from converging, newest first, one a slot, at most three; else empty. */
  readonly failures: readonly TaskFailureView[];
}

/** How a deploy or removal ended. */
export type Outcome =
  | 'converged'
  | 'detached'
  | 'removed'
  | 'paused'
  | 'rolled-back'
  | 'failed'
  | 'timed-out'
  | 'interrupted';

/**
 * What happens while a stack is deployed or removed.
 *
 * JSON-serialisable with a stable shape (`schemas/events.schema.json`): members are added, never
 * changed. Carries names, states and messages of the engine; never the content of a secret.
 */
export type RolloutEvent =
  | {
      readonly type: 'plan';
      readonly stack: string;
      readonly steps: readonly {
        readonly kind: StepKind;
        readonly name: string;
        readonly cause: string;
      }[];
      readonly notes: readonly PlanNote[];
    }
  | {
      readonly type: 'step';
      readonly kind: StepKind;
      readonly name: string;
      readonly status: 'started' | 'retrying' | 'done' | 'failed';
      /** Id of the object, once it has one. */
      readonly objectId?: string | undefined;
      /** Why it failed or is retried. */
      readonly error?: string | undefined;
    }
  | {
      readonly type: 'warning';
      readonly code: string;
      readonly subject: string;
      readonly message: string;
    }
  | {
      readonly type: 'waiting';
      readonly stack: string;
      readonly services: readonly string[];
      /** When the wait is given up; absent means never. */
      readonly deadline?: Instant | undefined;
    }
  | {
      /** A service that others of the stack must precede: still kept back, begun, or left out. */
      readonly type: 'gate';
      readonly service: string;
      readonly status: 'waiting' | 'open' | 'left-out';
      readonly waitsFor: readonly {
        readonly service: string;
        readonly condition: DependencyCondition;
      }[];
      /** Why it was left out. */
      readonly reason?: string | undefined;
    }
  | ({ readonly type: 'service' } & ServiceView)
  | ({ readonly type: 'failure' } & ExplainedFailure)
  | { readonly type: 'tasks'; readonly stack: string; readonly remaining: number }
  | {
      readonly type: 'finished';
      readonly stack: string;
      readonly outcome: Outcome;
      readonly exitCode: ExitCode;
      /** One sentence or line per thing to say; may be empty. */
      readonly messages: readonly string[];
    };

/** Takes events in order; must not throw. */
export type Emit = (event: RolloutEvent) => void;
