import type { Instant } from '../base/clock.ts';
import type { ObservedCluster } from '../orchestrator/scheduler/observed-cluster.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { effectsOf, type EffectFacts, type OperationEffect } from './effect.ts';
import type { Resolutions } from './images.ts';
import type { PlacementSnapshot } from './observe-placement.ts';
import type { Plan, PlanNote, Refusal } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';
import { predictPlan, type PlanPrediction } from './predict-plan.ts';
import { taskChanges } from './predict-changes.ts';
import { PREFLIGHT_RULES } from './preflight/index.ts';
import type { PreflightFacts } from './preflight/preflight-rule.ts';
import { risksOf } from './risks.ts';
import type { Snapshot } from './snapshot.ts';

/** What one operation does to what runs, and what may go wrong. */
export interface Assessment {
  readonly effect: OperationEffect;
  /** Short phrases. */
  readonly risks: readonly string[];
}

/** Assessments by operation id. */
export type Assessments = ReadonlyMap<number, Assessment>;

/** What is known of a plan before the first write. */
export interface AssessedPlan {
  /** With what the preflight found. */
  readonly plan: Plan;
  readonly assessments: Assessments;
  /** Absent when it was not asked for, or nothing changes. */
  readonly prediction?: PlanPrediction;
}

export interface AssessmentInput {
  readonly plan: Plan;
  readonly spec: StackSpec;
  readonly snapshot: Snapshot;
  /** Absent when the cluster did not tell. */
  readonly placement: PlacementSnapshot | undefined;
  readonly resolutions: Resolutions;
  readonly options: PlanOptions;
  readonly now: Instant;
}

/**
 * Judges a plan: what becomes of each task, what cannot work, how it will go. Pure.
 *
 * With docker's rules nothing is refused that docker would try.
 */
export function assessPlan(input: AssessmentInput): AssessedPlan {
  const { plan, snapshot, options, now } = input;
  const cluster = clusterOf(input);
  const changes = cluster ? taskChanges({ plan, snapshot, cluster }) : [];
  const prediction =
    cluster && options.predicts === true && changes.length > 0
      ? predictPlan({ plan, cluster, changes, now })
      : undefined;
  const facts = cluster && {
    changes: new Map(changes.map((one) => [one.name, one])),
    tasks: cluster.tasks,
  };
  const assessments = assessOperations(input, facts, prediction);
  const isChecked = cluster !== undefined && !options.compatDocker;
  const { refusals, notes } = isChecked
    ? runPreflight({ ...input, cluster, changes })
    : { refusals: [], notes: [] };
  const unplaced = new Set(refusals.map(({ subject }) => subject));
  // What is refused need not be warned of too.
  const warnings = (prediction?.notes ?? []).filter(({ subject }) => !unplaced.has(subject));
  return {
    plan: {
      ...plan,
      notes: [...plan.notes, ...warnings, ...notes],
      refusals: [...plan.refusals, ...refusals],
    },
    assessments,
    ...(prediction && { prediction }),
  };
}

function clusterOf({ placement, snapshot }: AssessmentInput): ObservedCluster | undefined {
  if (!placement) return undefined;
  return { ...placement, services: [...snapshot.services, ...(snapshot.otherServices ?? [])] };
}

function assessOperations(
  { plan, snapshot }: AssessmentInput,
  facts: EffectFacts | undefined,
  prediction: PlanPrediction | undefined,
): Assessments {
  const stored = new Map(snapshot.services.map((one) => [one.Spec.Name, one]));
  const effects = effectsOf(plan, facts);
  return new Map(
    plan.operations.map((operation) => {
      const effect = effects.get(operation.id) ?? { kind: 'none', because: [] };
      const risks = risksOf(operation, {
        effect,
        stored: stored.get(operation.name),
        prediction: prediction?.services.get(operation.name),
      });
      return [operation.id, { effect, risks }] as const;
    }),
  );
}

function runPreflight(facts: PreflightFacts): Pick<Plan, 'refusals' | 'notes'> {
  const findings = PREFLIGHT_RULES.flatMap((rule) => rule.check(facts));
  return {
    refusals: findings.flatMap((one) => (one.kind === 'refusal' ? [one.refusal] : [])),
    notes: findings.flatMap((one) => (one.kind === 'note' ? [one.note] : [])),
  };
}

/** The plan that `--force` asks for: refusals that can be overridden become warnings. */
export function forcePlan(plan: Plan): Plan {
  const toNote = ({ code, subject, message }: Refusal): PlanNote => ({
    code,
    severity: 'warning',
    subject,
    message: `${message}; going on because of --force`,
  });
  return {
    ...plan,
    notes: [...plan.notes, ...plan.refusals.filter(isOverridable).map(toNote)],
    refusals: plan.refusals.filter((one) => !isOverridable(one)),
  };
}

function isOverridable(refusal: Refusal): boolean {
  return refusal.isOverridable === true;
}
