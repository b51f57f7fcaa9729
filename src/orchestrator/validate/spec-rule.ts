import type { ServiceSpec } from '../../swarm/service.ts';
import type { ControlError } from '../control-error.ts';

/** One check of a normalised service spec: the first thing wrong, undefined when all is well. */
export type SpecRule = (spec: ServiceSpec) => ControlError | undefined;

/** The first refusal of an ordered list of checks. */
export function firstRefusal(
  checks: Iterable<() => ControlError | undefined>,
): ControlError | undefined {
  for (const check of checks) {
    const refusal = check();
    if (refusal) return refusal;
  }
  return undefined;
}
