import { formatDuration } from '../base/duration.ts';
import type { StuckUpdate } from '../orchestrator/update/find-stuck-update.ts';
import type { Expectations } from './scenario.ts';
import type { Phase } from './observer.ts';

/** What a simulation gives; plain data, durations in ms. */
export interface SimulationReport {
  readonly seed: number;
  /** When the last thing happened, or the horizon. */
  readonly endedAt: number;
  readonly phases: readonly Phase[];
  readonly services: readonly ServiceOutcome[];
  readonly nodes: readonly NodeOutcome[];
  readonly converged: boolean;
  readonly expectations: readonly ExpectationOutcome[];
  /** Whether it converged and every expectation is met. */
  readonly passed: boolean;
}

/** Where a service stands at the end. */
export interface ServiceOutcome {
  readonly name: string;
  readonly isJob: boolean;
  /** Running tasks; for jobs those under way. */
  readonly available: number;
  readonly wanted: number;
  /** Least running tasks since it first was as declared; absent for jobs and if it never was. */
  readonly leastAvailable?: number | undefined;
  /** Why it is not as declared; absent when it is. */
  readonly shortfall?: string | undefined;
  readonly tasks: readonly { readonly name: string; readonly node: string }[];
  readonly pending: readonly { readonly name: string; readonly reason: string }[];
  /** Why its update can never reach its end; absent when it can, or is not under way. */
  readonly stuck?: StuckUpdate | undefined;
}

export interface NodeOutcome {
  readonly name: string;
  /** `ready`, `down`, with the availability when it is not the ordinary one. */
  readonly state: string;
  /** Tasks running there. */
  readonly tasks: number;
}

export interface ExpectationOutcome {
  readonly text: string;
  readonly met: boolean;
  readonly found: string;
}

/** Judges what was expected. Pure. */
export function judgeExpectations(
  expect: Expectations,
  services: readonly ServiceOutcome[],
  phases: readonly Phase[],
): readonly ExpectationOutcome[] {
  const outcomes = services.flatMap((service) => {
    const named = nameIn(service.name, expect.minAvailable.keys());
    const own = named === undefined ? undefined : expect.minAvailable.get(named);
    const least = own ?? (service.isJob ? undefined : expect.minAvailableOfAll);
    return least === undefined ? [] : [judgeAvailability(service, least)];
  });
  const limit = expect.convergesWithinMs;
  if (limit === undefined) return outcomes;
  return [...outcomes, judgeConvergence(limit, phases)];
}

/** The name by which a service is meant: its own, or its own without the stack's prefix. */
export function nameIn(service: string, names: Iterable<string>): string | undefined {
  const short = service.slice(service.indexOf('_') + 1);
  return [...names].find((name) => name === service || name === short);
}

function judgeAvailability(service: ServiceOutcome, least: number): ExpectationOutcome {
  const text = `${service.name}: at least ${least} available`;
  const found = service.leastAvailable;
  if (found !== undefined) return { text, met: found >= least, found: `least was ${found}` };
  const why = service.isJob ? 'it is a job' : 'it never ran as declared';
  return { text, met: false, found: why };
}

function judgeConvergence(limit: number, phases: readonly Phase[]): ExpectationOutcome {
  const text = `converges within ${formatMs(limit)}`;
  for (const [at, phase] of phases.entries()) {
    const next = phases[at + 1];
    const { convergedAfter, cause } = phase;
    // What the next event interrupted in time is that event's to judge.
    const wasCut = convergedAfter === undefined && next && next.at - phase.at <= limit;
    if (wasCut) continue;
    if (convergedAfter !== undefined && convergedAfter <= limit) continue;
    const never = `not before ${next ? 'the next event' : 'the end'}`;
    const when = convergedAfter === undefined ? never : `only ${formatMs(convergedAfter)} later`;
    return { text, met: false, found: `after ${cause}: ${when}` };
  }
  return { text, met: true, found: 'it did, after every event' };
}

/** A duration in ms as people write it: `1m30s`. */
export function formatMs(ms: number): string {
  return formatDuration(Math.round(ms) * 1e6);
}
