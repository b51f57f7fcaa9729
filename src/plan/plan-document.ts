import type { Span } from '../base/diagnostic.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { placeOfField } from './field-place.ts';
import type { FieldChange, Operation, Plan, PlanNote, Refusal } from './plan.ts';
import { splitKind, summarisePlan, type PlanAction, type PlanSummary } from './plan-summary.ts';

interface PlacedChange extends FieldChange {
  /** What in a stack file asks for `to`. */
  readonly place?: DocumentPlace;
}

/** 1-based. */
interface DocumentPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
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
}

/**
 * The plan as plain data with places in the stack files.
 *
 * What is to be sent is left out, and with it all content of secrets and configs.
 */
export function planDocument(plan: Plan, spec: StackSpec): PlanDocument {
  return {
    format: 'tstack-plan',
    version: 1,
    stack: plan.stack,
    summary: summarisePlan(plan),
    operations: plan.operations.map((one) => documentOperation(one, spec)),
    notes: plan.notes,
    refusals: plan.refusals,
  };
}

function documentOperation(operation: Operation, spec: StackSpec): DocumentOperation {
  const { id, kind, name, cause, wave, dependsOn, changes } = operation;
  const { resource, action } = splitKind(kind);
  const isService = resource === 'service';
  const placeOf = (path?: string) => (isService ? placeOfField(spec, name, path) : undefined);
  return {
    id,
    resource,
    action,
    name,
    cause,
    wave,
    dependsOn,
    ...withPlace(placeOf()),
    changes: changes.map((one) => ({ ...one, ...withPlace(placeOf(one.path)) })),
  };
}

function withPlace(span: Span | undefined): { readonly place?: DocumentPlace } {
  return span ? { place: { file: span.file, ...span.start } } : {};
}
