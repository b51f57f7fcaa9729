import type { Span } from '../base/diagnostic.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { Assessment, Assessments } from './assess-plan.ts';
import { restartsBy } from './change-effect.ts';
import type { OperationEffect } from './effect.ts';
import { placeOfField, placeOfObject } from './field-place.ts';
import type { RolloutPrediction } from './predict-plan.ts';
import type { FieldChange, Operation, Plan, PlanNote, Refusal } from './plan.ts';
import { splitKind, summarisePlan, type PlanAction, type PlanSummary } from './plan-summary.ts';

interface PlacedChange extends FieldChange {
  /** Services only: whether it replaces tasks; `misplaced` ones are on nodes that suit no more. */
  readonly restarts?: 'all' | 'misplaced' | 'none';
  /** What in a stack file asks for `to`. */
  readonly place?: DocumentPlace;
}

/** 1-based. */
interface DocumentPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Number of new tasks: certain when both are equal. */
interface DocumentRange {
  readonly least: number;
  readonly most: number;
}

/** What carrying out an operation leads to. */
export interface DocumentPrediction {
  /** How many new tasks there will be. */
  readonly newTasks: number;
  /** Hostnames of the nodes that may get some of them. */
  readonly nodes: Readonly<Record<string, DocumentRange>>;
  /** Tasks that no node will take, and why. */
  readonly pending?: DocumentPending;
  /** Until the service runs as declared, ms; absent when it never does. */
  readonly durationMs?: number;
  readonly rollout?: RolloutPrediction;
  /** Why the update can never finish. */
  readonly stuck?: { readonly reachable: number; readonly slots: number } & DocumentPending;
}

interface DocumentPending extends Partial<DocumentRange> {
  /** The scheduler's words. */
  readonly reason: string;
  /** What each node lacks. */
  readonly refusals: readonly {
    readonly node: string;
    readonly filter: string;
    readonly shortfall: string;
  }[];
  readonly nextSteps: readonly string[];
}

interface DocumentOperation extends Pick<
  Operation,
  'id' | 'name' | 'cause' | 'wave' | 'dependsOn'
> {
  /** `network`, `secret`, `config` or `service`. */
  readonly resource: string;
  readonly action: PlanAction;
  /** Where a stack file declares the service. */
  readonly place?: DocumentPlace;
  readonly changes: readonly PlacedChange[];
  /** Services only, and only when it waits. */
  readonly waitsFor?: Operation['waitsFor'];
  /** What becomes of what runs; absent when nothing was looked at. */
  readonly effect?: OperationEffect;
  /** What may go wrong, phrases for people; empty for most. */
  readonly risks: readonly string[];
  /** Services only, and only when something was foretold. */
  readonly prediction?: DocumentPrediction;
}

/** A plan for programs; `schemas/plan.schema.json` describes it. */
export interface PlanDocument {
  readonly format: 'tstack-plan';
  readonly version: 1;
  readonly stack: string;
  readonly summary: PlanSummary;
  readonly operations: readonly DocumentOperation[];
  readonly notes: readonly PlanNote[];
  readonly refusals: readonly Refusal[];
  /** Of the whole plan; absent without predictions. */
  readonly prediction?: {
    /** Until all services run as declared, ms; absent when one never does. */
    readonly durationMs?: number;
    readonly assumptions: readonly string[];
  };
}

/**
 * The plan as plain data with places in the stack files.
 *
 * What is to be sent is left out, and with it all content of secrets and configs.
 */
export function planDocument(plan: Plan, spec: StackSpec, assessments?: Assessments): PlanDocument {
  return {
    format: 'tstack-plan',
    version: 1,
    stack: plan.stack,
    summary: summarisePlan(plan),
    operations: plan.operations.map((one) =>
      documentOperation(one, spec, assessments?.get(one.id)),
    ),
    notes: plan.notes,
    refusals: plan.refusals,
  };
}

function documentOperation(
  operation: Operation,
  spec: StackSpec,
  assessment: Assessment | undefined,
): DocumentOperation {
  const { id, kind, name, cause, wave, dependsOn, changes, waitsFor } = operation;
  const { resource, action } = splitKind(kind);
  const isService = resource === 'service';
  const placeOf = (path?: string): Span | undefined =>
    isService ? placeOfField(spec, name, path) : placeOfObject(spec, resource, name);
  return {
    id,
    resource,
    action,
    name,
    cause,
    wave,
    dependsOn,
    ...(waitsFor.length > 0 && { waitsFor }),
    ...withPlace(placeOf()),
    changes: changes.map((one) => ({
      ...one,
      ...(isService && { restarts: restartsBy(one) }),
      ...withPlace(placeOf(one.path)),
    })),
    ...(assessment && { effect: assessment.effect }),
    risks: assessment?.risks ?? [],
  };
}

function withPlace(span: Span | undefined): { readonly place?: DocumentPlace } {
  return span ? { place: { file: span.file, ...span.start } } : {};
}
