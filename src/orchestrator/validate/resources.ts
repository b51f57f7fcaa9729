import type { ResourceLimits, ResourceReservations } from '../../swarm/service.ts';
import { rpcError, type ControlError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

const MIN_NANO_CPUS = 1_000_000;
const MIN_MEMORY_BYTES = 4 * 1024 * 1024;

/** Limits, then reservations. @source swarmkit manager/controlapi/service.go (validateResources) */
export const resourcesRule: SpecRule = ({ TaskTemplate: { Resources } }) =>
  checkResources(Resources?.Limits) ??
  checkResources(Resources?.Reservations) ??
  checkGeneric(Resources?.Reservations);

function checkResources(
  resources: ResourceLimits | ResourceReservations | undefined,
): ControlError | undefined {
  const cpus = resources?.NanoCPUs ?? 0;
  if (cpus !== 0 && cpus < MIN_NANO_CPUS) {
    const text = `invalid cpu value ${formatShortest(cpus / 1e9)}: Must be at least 0.001`;
    return rpcError('InvalidArgument', text);
  }
  const memory = resources?.MemoryBytes ?? 0;
  if (memory !== 0 && memory < MIN_MEMORY_BYTES) {
    return rpcError('InvalidArgument', `invalid memory value ${memory}: Must be at least 4MiB`);
  }
  return undefined;
}

/** Deviates: D-0032. SwarmKit takes a named reservation, and then no node ever fits (Q10). */
function checkGeneric(reservations: ResourceReservations | undefined): ControlError | undefined {
  for (const resource of reservations?.GenericResources ?? []) {
    if (!('NamedResourceSpec' in resource)) continue;
    const { Kind, Value } = resource.NamedResourceSpec;
    const text = `invalid generic resource ${Kind}=${Value}: a reservation is a count, not a name`;
    return rpcError('InvalidArgument', text);
  }
  return undefined;
}

/** Go's `%g`: an exponent below 1e-4, of at least two digits. */
function formatShortest(value: number): string {
  if (Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}
