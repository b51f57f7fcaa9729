import { parseBytes } from '../../base/bytes.ts';
import { parseNanoCpus } from '../../swarm/nano-cpus.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { byteSize, text, wholeNumber } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';

/** What a service-level key and its twin below `deploy` both say. */
interface Amount {
  readonly block: 'Limits' | 'Reservations';
  readonly field: 'NanoCPUs' | 'MemoryBytes' | 'Pids';
  readonly value: number;
  readonly key: string;
  /** The twin, below `deploy.resources`. */
  readonly twin: string;
}

/** Puts an amount into the request; one that differs from its twin below `deploy` is an error. */
function putAmount(scope: ServiceScope, { block, field, value, key, twin }: Amount): void {
  const { task } = scope.draft;
  const given: Readonly<Partial<Record<Amount['field'], number>>> = task.Resources?.[block] ?? {};
  if (given[field] !== undefined && given[field] !== value) {
    scope.error([key], {
      code: 'conflicting-keys',
      reason: `${key} and deploy.resources.${twin} say different things`,
      hint: 'keep one of the two',
    });
    return;
  }
  task.Resources = { ...task.Resources, [block]: { ...given, [field]: value } };
}

/** CPUs a task may use. @source research/demand.md 5.3 */
export const cpus: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, scope) => {
    const parsed = parseNanoCpus(value);
    if (parsed.kind === 'ok') {
      if (parsed.nanoCpus === 0) return;
      const amount = { field: 'NanoCPUs', value: parsed.nanoCpus, key: 'cpus' } as const;
      putAmount(scope, { block: 'Limits', ...amount, twin: 'limits.cpus' });
      return;
    }
    const hint = "write a number of CPUs with at most nine decimals: '0.5', '2'";
    scope.error(['cpus'], { code: 'invalid-cpus', reason: parsed.reason, hint });
  },
});

const microseconds = wholeNumber({ as: 'int64', zero: 'absent' });
const DEFAULT_PERIOD = 100_000;
const BILLION = 1_000_000_000;

/** Length of a scheduling period; read by `cpu_quota`. @source research/demand.md 5.3 */
export const cpuPeriod: KeySpec<number> = defineKey({
  codec: microseconds,
  support: 'supported',
  convert: (_value, scope) => {
    if (scope.values['cpu_quota'] !== undefined) return;
    scope.error(['cpu_period'], {
      code: 'cpu-period-alone',
      reason: 'cpu_period limits nothing without cpu_quota',
      hint: 'add cpu_quota, or write deploy.resources.limits.cpus',
    });
  },
});

/** CPU time in each period, as a limit in CPUs. @source research/demand.md 5.3 */
export const cpuQuota: KeySpec<number> = defineKey({
  codec: microseconds,
  support: 'supported',
  convert: (value, scope) => {
    // Negative is docker's word for no limit.
    if (value <= 0) return;
    const period = Number(scope.values['cpu_period'] ?? DEFAULT_PERIOD);
    if (period <= 0) return;
    const nanoCpus = Math.round((value / period) * BILLION);
    const amount = { field: 'NanoCPUs', value: nanoCpus, key: 'cpu_quota' } as const;
    putAmount(scope, { block: 'Limits', ...amount, twin: 'limits.cpus' });
  },
});

/** Memory a task may use. @source research/demand.md 5.3 */
export const memLimit: KeySpec<number> = memory('mem_limit', 'Limits');

/** Memory a node must have free. @source research/demand.md 5.3 */
export const memReservation: KeySpec<number> = memory('mem_reservation', 'Reservations');

function memory(key: string, block: Amount['block']): KeySpec<number> {
  return defineKey({
    codec: byteSize,
    support: 'supported',
    convert: (value, scope) => {
      if (value === 0) return;
      const twin = `${block.toLowerCase()}.memory`;
      putAmount(scope, { block, field: 'MemoryBytes', value, key, twin });
    },
  });
}

/** Memory and swap together; converted after `mem_limit`. @source research/demand.md 5.3 */
export const memswapLimit: KeySpec<string> = defineKey({
  codec: text,
  support: 'supported',
  convert: (value, scope) => {
    const { task } = scope.draft;
    const answer = swapOf(value, task.Resources?.Limits?.MemoryBytes ?? 0);
    if (answer.kind === 'bytes') task.Resources = { ...task.Resources, SwapBytes: answer.bytes };
    else if (answer.kind === 'refused') {
      const { reason, hint } = answer;
      scope.error(['memswap_limit'], { code: 'invalid-swap', reason, hint });
    }
  },
});

type Swap =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string };

/** Zero is as good as absent for docker; -1 is no limit. */
function swapOf(written: string, memoryBytes: number): Swap {
  const parsed = written === '-1' ? undefined : parseBytes(written);
  if (parsed?.kind === 'error') {
    return { kind: 'refused', reason: parsed.reason, hint: 'write a number and a unit, or -1' };
  }
  if (parsed?.bytes === 0) return { kind: 'none' };
  if (memoryBytes === 0) {
    const reason = 'swap is limited only together with memory';
    return { kind: 'refused', reason, hint: 'add mem_limit' };
  }
  if (!parsed) return { kind: 'bytes', bytes: -1 };
  if (parsed.bytes >= memoryBytes) return { kind: 'bytes', bytes: parsed.bytes - memoryBytes };
  const reason = 'memswap_limit is memory and swap together';
  return { kind: 'refused', reason, hint: 'write at least mem_limit' };
}

/** How readily memory is swapped. @source research/demand.md 5.3 */
export const memSwappiness: KeySpec<number> = defineKey({
  codec: wholeNumber({ as: 'int64', zero: 'kept' }),
  support: 'supported',
  convert: (value, scope) => {
    const { task } = scope.draft;
    if (value >= -1 && value <= 100) {
      task.Resources = { ...task.Resources, MemorySwappiness: value };
      return;
    }
    scope.error(['mem_swappiness'], {
      code: 'invalid-swappiness',
      reason: `mem_swappiness ${value} is out of range`,
      hint: 'write 0 to 100, or -1 for the default of the node',
    });
  },
});

/** Processes a task may have. @source research/demand.md 5.3 */
export const pidsLimit: KeySpec<number> = defineKey({
  codec: wholeNumber({ as: 'int64', zero: 'absent' }),
  support: 'supported',
  convert: (value, scope) => {
    if (value <= 0) return;
    const amount = { field: 'Pids', value, key: 'pids_limit', twin: 'limits.pids' } as const;
    putAmount(scope, { block: 'Limits', ...amount });
  },
});

/** Number of tasks; converted after `deploy`. @source research/demand.md 5.3 */
export const scale: KeySpec<number> = defineKey({
  codec: wholeNumber({ as: 'uint64', zero: 'kept' }),
  support: 'supported',
  convert: (value, scope) => {
    const { service } = scope.draft;
    const refuse = (code: string, reason: string): void => {
      scope.error(['scale'], { code, reason, hint: 'keep deploy.replicas, drop scale' });
    };
    const given = service.Mode?.Replicated?.Replicas ?? service.Mode?.ReplicatedJob?.MaxConcurrent;
    if (given !== undefined && given !== value) {
      refuse('conflicting-keys', 'scale and deploy.replicas say different things');
    } else if (service.Mode?.Replicated) service.Mode = { Replicated: { Replicas: value } };
    else if (service.Mode?.ReplicatedJob) {
      service.Mode = { ReplicatedJob: { MaxConcurrent: value, TotalCompletions: value } };
    } else {
      refuse(
        'global-with-replicas',
        'scale can only be used with replicated or replicated-job mode',
      );
    }
  },
});
