import { isWrite, type Plan } from '../plan/plan.ts';
import type { Outcome } from '../rollout/events.ts';
import type { StoreContent } from './release-store.ts';
import type { StoredStack } from './stored-stack.ts';

/** Who deployed. */
export interface Actor {
  readonly user: string;
  readonly host: string;
  /** Address of the CI job, when there is one. */
  readonly job?: string | undefined;
}

/** What led to a revision. */
export type RevisionKind = 'deploy' | 'rollback' | 'resume';

/** What is known before a deploy begins, beside the cluster. */
export interface RevisionOrigin {
  readonly kind: RevisionKind;
  /** The revision whose model is deployed again. */
  readonly restores?: number | undefined;
  readonly actor: Actor;
  /** Version of tstack. */
  readonly tool: string;
  /** Texts of the files as they were read; empty when a revision is deployed again. */
  readonly sources: readonly { readonly name: string; readonly text: string }[];
  /** Variables the files use, by name, and where their values came from. */
  readonly variables: readonly { readonly name: string; readonly origin: string }[];
}

/** What a deploy was to do, as its plan said. */
export interface PlanSummary {
  readonly operations: readonly {
    readonly kind: string;
    readonly name: string;
    readonly cause: string;
  }[];
}

/**
 * One deploy that changed something, or tried to.
 *
 * Stable shape (`schemas/revision.schema.json`): members are added, never changed. Holds what is
 * readable in the cluster anyway; never the content of a secret.
 */
export interface Revision extends RevisionOrigin {
  readonly format: 1;
  /** From 1, without gaps except for those that were given up. */
  readonly number: number;
  readonly stack: string;
  readonly previous?: number | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly model: StoredStack;
  /** Image of each service, with its digest where it is known. */
  readonly images: Readonly<Record<string, string>>;
  readonly plan: PlanSummary;
  readonly outcome: Outcome;
  readonly exitCode: number;
  /** What was said at the end. */
  readonly messages: readonly string[];
}

/** Written before the first change of a deploy, removed after its end. */
export interface Journal {
  /** What is kept should the deploy never come to its end. */
  readonly revision: Revision;
  /** What the cluster held of the stack before. */
  readonly before: StoredStack;
}

/** Name of the record of the journal. */
export const JOURNAL = 'journal';

/** Name of a revision's record. */
export function revisionName(number: number): string {
  return `r${number}`;
}

/** Numbers of the revisions that are kept, ascending. */
export function revisionNumbers({ records }: StoreContent): readonly number[] {
  return [...records.keys()]
    .flatMap((name) => /^r([1-9]\d{0,8})$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** The revisions that are kept and can be read, oldest first. */
export function revisionsOf(content: StoreContent): readonly Revision[] {
  return revisionNumbers(content).flatMap((number) => revisionOf(content, number) ?? []);
}

/** One revision; undefined when it is not kept or cannot be read. */
export function revisionOf({ records }: StoreContent, number: number): Revision | undefined {
  const read = parseObject(records.get(revisionName(number)));
  return read?.['format'] === 1 ? (read as unknown as Revision) : undefined;
}

/** The journal of a deploy that has not come to its end; undefined when there is none. */
export function openJournal(content: StoreContent): Journal | undefined {
  const journal = parseObject(content.records.get(JOURNAL)) as unknown as Journal | undefined;
  if (journal?.revision.format !== 1) return undefined;
  // Its revision is written before it is removed.
  return content.records.has(revisionName(journal.revision.number)) ? undefined : journal;
}

/** The number of the next revision: no number is given twice while either record is kept. */
export function nextNumber(content: StoreContent): number {
  const journalled = openJournal(content)?.revision.number ?? 0;
  return Math.max(revisionNumbers(content).at(-1) ?? 0, journalled) + 1;
}

/** Whether a revision left the stack as its model says. */
export function isGood(revision: Revision): boolean {
  return revision.exitCode === 0;
}

/** The operations of a plan that write, in words. */
export function summarisePlan(plan: Plan): PlanSummary {
  return {
    operations: plan.operations
      .filter((one) => isWrite(one.kind))
      .map(({ kind, name, cause }) => ({ kind, name, cause })),
  };
}

/** Images by name of service. */
export function imagesOf(model: StoredStack): Readonly<Record<string, string>> {
  return Object.fromEntries(
    model.services.map((one) => [one.Name, one.TaskTemplate.ContainerSpec?.Image ?? '']),
  );
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
