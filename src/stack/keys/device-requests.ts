import type { GenericResource } from '../../swarm/object.ts';
import { struct, type Codec } from '../codec.ts';
import { listOf, textList } from '../collections.ts';
import { given } from '../given.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import type { Path } from '../report.ts';
import { text } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';
import type { YamlMap } from '../yaml-values.ts';

/** Devices a task needs: of a driver, or with a capability. */
export interface DeviceRequestModel {
  readonly capabilities?: readonly string[];
  readonly driver?: string;
  /** A number, `all` or `-1`. */
  readonly count?: string;
  readonly extensions?: YamlMap;
}

/** Reads, merges and prints requests for devices. */
export const deviceRequestsCodec: Codec<readonly DeviceRequestModel[]> = listOf(
  struct<DeviceRequestModel>(
    { capabilities: textList, driver: text, count: text },
    { keepEmpty: true },
  ),
);

/**
 * Reserves a generic resource for each request: `NVIDIA-GPU` for the driver nvidia, otherwise the
 * first capability in capitals.
 *
 * Swarm counts resources, so a request without a number is reported.
 * @source research/demand.md 5.3 (gpus); dockerd node-generic-resources
 */
export function reserveDevices(
  requests: readonly DeviceRequestModel[],
  path: Path,
  scope: ServiceScope,
): void {
  const resources = requests.flatMap((request, index) => {
    const count = Number(request.count ?? '');
    if (Number.isInteger(count) && count > 0) {
      return [{ DiscreteResourceSpec: { Kind: kindOf(request), Value: count } }];
    }
    reportCount([...path, index], scope);
    return [];
  });
  addResources(resources, scope);
}

function kindOf({ driver, capabilities = [] }: DeviceRequestModel): string {
  if (driver === 'nvidia') return 'NVIDIA-GPU';
  return (given(capabilities[0]) ?? given(driver) ?? 'gpu').toUpperCase();
}

function reportCount(path: Path, scope: ServiceScope): void {
  scope.error(path, {
    code: 'device-count',
    reason: 'Swarm reserves a number of devices, not all of a node',
    hint: 'write how many a task needs: count: 1',
  });
}

function addResources(resources: readonly GenericResource[], { draft }: ServiceScope): void {
  if (resources.length === 0) return;
  const { Resources = {} } = draft.task;
  const { Reservations = {} } = Resources;
  const GenericResources = [...(Reservations.GenericResources ?? []), ...resources];
  draft.task.Resources = { ...Resources, Reservations: { ...Reservations, GenericResources } };
}

/** `all`, or requests. */
type Gpus = 'all' | readonly DeviceRequestModel[];

/** GPUs a task needs; converted after `deploy`. @source research/demand.md 5.3 */
export const gpus: KeySpec<Gpus> = defineKey<Gpus>({
  codec: {
    decode: (value, at) => (value === 'all' ? 'all' : deviceRequestsCodec.decode(value, at)),
    merge: (_base, over) => over,
    print: (value) => (value === 'all' ? value : deviceRequestsCodec.print(value)),
  },
  support: 'supported',
  convert: (value, scope) => {
    if (value === 'all') reportCount(['gpus'], scope);
    else {
      const requests = value.map((one) => ({ capabilities: ['gpu'], ...one }));
      reserveDevices(requests, ['gpus'], scope);
    }
  },
});
