import type { ObservedCluster } from '../../orchestrator/scheduler/observed-cluster.ts';
import type { StackSpec } from '../../stack/stack-spec.ts';
import type { Resolutions } from '../images.ts';
import type { Plan, PlanNote, Refusal } from '../plan.ts';
import type { TaskChange } from '../predict-changes.ts';
import type { Snapshot } from '../snapshot.ts';

/** What is known before the first write. */
export interface PreflightFacts {
  readonly spec: StackSpec;
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly cluster: ObservedCluster;
  /** What the service operations of the plan do to tasks. */
  readonly changes: readonly TaskChange[];
  /** What the registries said. */
  readonly resolutions: Resolutions;
}

/** What a rule found. */
export type Finding =
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'note'; readonly note: PlanNote };

/** One thing that is looked at before the first write. Pure, and silent where it is not certain. */
export interface PreflightRule {
  /** Unique; the file's name. */
  readonly name: string;
  check(facts: PreflightFacts): readonly Finding[];
}
