import type { ObservedTask } from '../orchestrator/scheduler/observed-cluster.ts';
import { liveSlots } from '../orchestrator/update/plan-update.ts';
import { restartsBy } from './change-effect.ts';
import type { Operation, OperationOf, Plan } from './plan.ts';
import { splitKind } from './plan-summary.ts';
import type { TaskChange, TaskLedger } from './predict-changes.ts';
import { isJob } from './service-operations.ts';

/**
 * What becomes of what runs.
 *
 * `none`: nothing is sent. `creates`, `removes`: the object. `in-place`: no task is touched.
 * `restarts`: running tasks are replaced. `scales`: tasks only come or go. `reruns`: a job starts
 * over. `ineffective`: the object differs from the files, and cannot be changed.
 */
export type EffectKind =
  | 'none'
  | 'creates'
  | 'removes'
  | 'in-place'
  | 'restarts'
  | 'scales'
  | 'reruns'
  | 'ineffective';

/** What carrying out one operation does to what runs. */
export interface OperationEffect {
  readonly kind: EffectKind;
  /** Absent when the tasks were not looked at, and for everything but services. */
  readonly tasks?: TaskLedger;
  /** Paths of the changes that replace tasks. */
  readonly because: readonly string[];
  /** Why tasks are replaced for no change of a field, or why a change has no effect. */
  readonly reason?: string;
}

/** The effect of every operation of a plan, by operation id. */
export type EffectsById = ReadonlyMap<number, OperationEffect>;

/** What effects are told from; without it only the fields speak. */
export interface EffectFacts {
  /** By real name. */
  readonly changes: ReadonlyMap<string, TaskChange>;
  /** Of all services. */
  readonly tasks: readonly ObservedTask[];
}

/** Tells what every operation of a plan does to what runs. Pure. */
export function effectsOf({ operations }: Plan, facts: EffectFacts | undefined): EffectsById {
  return new Map(operations.map((one) => [one.id, effectOf(one, facts)]));
}

function effectOf(operation: Operation, facts: EffectFacts | undefined): OperationEffect {
  const { action } = splitKind(operation.kind);
  if (operation.kind === 'network-keep' && operation.changes.length > 0) {
    const reason = 'a network cannot be changed once it is made';
    return { kind: 'ineffective', because: [], reason };
  }
  const change = facts?.changes.get(operation.name);
  if (operation.kind === 'service-create')
    return { kind: 'creates', because: [], ...tasksOf(change) };
  if (operation.kind === 'service-update') return updateEffect(operation, change);
  if (operation.kind === 'service-remove') {
    return { kind: 'removes', because: [], ...(facts && { tasks: removed(operation, facts) }) };
  }
  if (action === 'create') return { kind: 'creates', because: [] };
  return { kind: action === 'update' ? 'in-place' : 'none', because: [] };
}

function tasksOf(change: TaskChange | undefined): Pick<OperationEffect, 'tasks'> {
  return change ? { tasks: change.ledger } : {};
}

function removed({ objectId }: OperationOf<'service-remove'>, facts: EffectFacts): TaskLedger {
  const slots = liveSlots({ ID: objectId }, facts.tasks);
  return { slots: slots.length, restarts: [], starts: 0, stops: slots.map(({ key }) => key) };
}

function updateEffect(
  { spec, changes }: OperationOf<'service-update'>,
  change: TaskChange | undefined,
): OperationEffect {
  const tasks = tasksOf(change);
  if (isJob(spec.Mode)) return { kind: 'reruns', because: [], ...tasks };
  const all = changes.filter((one) => restartsBy(one) === 'all');
  const misplaced = changes.filter((one) => restartsBy(one) === 'misplaced');
  if (!change) {
    const because = all.map(({ path }) => path);
    return { kind: because.length > 0 ? 'restarts' : 'in-place', because };
  }
  const { restarts, starts, stops } = change.ledger;
  if (restarts.length === 0) {
    return { kind: starts + stops.length > 0 ? 'scales' : 'in-place', because: [], ...tasks };
  }
  const because = (all.length > 0 ? all : misplaced).map(({ path }) => path);
  const reason = 'they do not run the present spec';
  return { kind: 'restarts', because, ...tasks, ...(because.length === 0 && { reason }) };
}
