import {
  CPUS,
  emulated,
  inherit,
  INTEGER,
  list,
  mapped,
  mapping,
  NUMBER,
  PAIRS,
  refused,
  SIZE,
  TEXT,
  UNIQUE_TEXTS,
  type KeyFacts,
  type Shape,
} from './shape.ts';

const NO_FIELD = 'the Swarm API has no field for it';

const AS_GENERIC =
  'reserves a generic resource: GPU, or NVIDIA-GPU for the driver nvidia, which nodes must offer';
const OFFER =
  'offer it on nodes (node-generic-resources in the engine configuration), or choose nodes by a label';

const DEVICE_KEYS: Readonly<Record<string, KeyFacts>> = {
  capabilities: emulated(UNIQUE_TEXTS, 'what the device can do', AS_GENERIC, OFFER),
  count: emulated(
    { types: ['string', 'integer'] },
    'how many devices',
    'the number of generic resources reserved; all cannot be reserved',
    'write a number',
  ),
  driver: emulated(TEXT, 'driver of the device', AS_GENERIC, OFFER),
  device_ids: refused(
    UNIQUE_TEXTS,
    'which devices',
    'Swarm hands out any device of the kind',
    'write count, and choose the node with a placement constraint',
  ),
  options: refused(PAIRS, 'options of the driver', NO_FIELD, 'remove them'),
};

/** A request for devices, in `gpus` and `deploy.resources.reservations.devices`. */
export const DEVICE_REQUESTS: KeyFacts = emulated(
  list(mapping(DEVICE_KEYS)),
  'devices a task needs',
  AS_GENERIC,
  OFFER,
);

function blkioList(about: string, value: string): readonly [Shape, string] {
  const facts = inherit({ path: [TEXT, 'the device'], [value]: [INTEGER, 'the limit'] }, BLKIO);
  return [list(mapping(facts, { closed: true })), about];
}

const BLKIO = {
  outcome: 'refused',
  effect: 'Swarm does not limit block devices',
  instead: 'limit them in the engine configuration of the nodes',
} as const;

/** Keys about what a task may use. @source research/demand.md 5.3 */
export const RESOURCE_KEYS: Readonly<Record<string, KeyFacts>> = {
  blkio_config: refused(
    mapping(
      inherit(
        {
          weight: [INTEGER, 'weight among containers'],
          weight_device: blkioList('weight for a device', 'weight'),
          device_read_bps: blkioList('bytes read in a second', 'rate'),
          device_read_iops: blkioList('reads in a second', 'rate'),
          device_write_bps: blkioList('bytes written in a second', 'rate'),
          device_write_iops: blkioList('writes in a second', 'rate'),
        },
        BLKIO,
      ),
      { closed: true },
    ),
    'limits of block devices',
    BLKIO.effect,
    BLKIO.instead,
  ),
  cpu_count: refused(INTEGER, 'CPUs on Windows', NO_FIELD, 'use deploy.resources.limits.cpus'),
  cpu_percent: refused(
    INTEGER,
    'share of the CPUs on Windows',
    NO_FIELD,
    'use deploy.resources.limits.cpus',
  ),
  cpu_period: mapped(
    NUMBER,
    'period of cpu_quota in microseconds (default 100000)',
    'Limits.NanoCPUs = cpu_quota / cpu_period',
  ),
  cpu_quota: mapped(
    NUMBER,
    'CPU time in each period, in microseconds',
    'Limits.NanoCPUs = cpu_quota / cpu_period',
  ),
  cpu_rt_period: refused(NUMBER, 'period of real-time tasks', NO_FIELD, 'remove it'),
  cpu_rt_runtime: refused(NUMBER, 'CPU time of real-time tasks', NO_FIELD, 'remove it'),
  cpu_shares: refused(
    NUMBER,
    'weight among containers',
    'Swarm knows limits and reservations, no weights',
    'use deploy.resources.limits.cpus',
  ),
  cpus: mapped(CPUS, 'CPUs a task may use', 'Limits.NanoCPUs, as deploy.resources.limits.cpus'),
  cpuset: refused(TEXT, 'which CPUs a task may use', NO_FIELD, 'use deploy.resources.limits.cpus'),
  gpus: {
    ...DEVICE_REQUESTS,
    types: ['string', 'list'],
    words: ['all'],
    about: 'GPUs a task needs',
  },
  mem_limit: mapped(
    SIZE,
    'memory a task may use, at least 4M',
    'Limits.MemoryBytes, as deploy.resources.limits.memory',
  ),
  mem_reservation: mapped(
    SIZE,
    'memory a task needs',
    'Reservations.MemoryBytes: room a node must have, not a soft limit in the container',
  ),
  mem_swappiness: mapped(
    INTEGER,
    'how readily memory is swapped, 0 to 100',
    'Resources.MemorySwappiness (engines from API 1.52)',
  ),
  memswap_limit: mapped(
    SIZE,
    'memory and swap together; -1 is no limit; needs mem_limit',
    'Resources.SwapBytes = memswap_limit - mem_limit (engines from API 1.52)',
  ),
  pids_limit: mapped(NUMBER, 'processes a task may have; -1 is no limit', 'Limits.Pids'),
  scale: mapped(INTEGER, 'number of tasks, as deploy.replicas', 'Mode.Replicated.Replicas'),
};

/** Generic resources of nodes that a task reserves. */
export const GENERIC_RESOURCES: KeyFacts = mapped(
  list(
    mapping({
      discrete_resource_spec: mapped(
        mapping({
          kind: mapped(TEXT, 'name of the resource', 'DiscreteResourceSpec.Kind'),
          value: mapped(NUMBER, 'how many', 'DiscreteResourceSpec.Value'),
        }),
        'a resource that is counted',
        'GenericResources[].DiscreteResourceSpec',
      ),
    }),
  ),
  'resources that nodes offer under a name',
  'Reservations.GenericResources',
);
