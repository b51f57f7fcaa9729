import type { GenericResource } from '../../swarm/object.ts';
import type { ResourceLimits, ResourceReservations } from '../../swarm/service.ts';
import { parseNanoCpus } from '../../swarm/nano-cpus.ts';
import { struct, type Codec } from '../codec.ts';
import { listOf } from '../collections.ts';
import { deviceRequestsCodec, reserveDevices, type DeviceRequestModel } from './device-requests.ts';
import { byteSize, text, wholeNumber } from '../scalars.ts';
import type { ServiceScope } from '../service-scope.ts';
import type { YamlMap } from '../yaml-values.ts';

interface LimitsModel {
  readonly cpus?: string;
  readonly memory?: number;
  readonly pids?: number;
  readonly extensions?: YamlMap;
}

interface GenericResourceModel {
  readonly discrete_resource_spec?: { readonly kind?: string; readonly value?: number };
}

interface ReservationsModel {
  readonly cpus?: string;
  readonly memory?: number;
  readonly generic_resources?: readonly GenericResourceModel[];
  readonly devices?: readonly DeviceRequestModel[];
  readonly extensions?: YamlMap;
}

/** What tasks may use, and what a node must have free for them. @source spec/stack-file.md 9.3 */
export interface ResourcesModel {
  readonly limits?: LimitsModel;
  readonly reservations?: ReservationsModel;
  readonly extensions?: YamlMap;
}

const count = wholeNumber({ as: 'int64', zero: 'absent' });

/** Reads, merges and prints deploy.resources. */
export const resourcesCodec: Codec<ResourcesModel> = struct<ResourcesModel>({
  limits: struct<LimitsModel>({ cpus: text, memory: byteSize, pids: count }, { keepEmpty: true }),
  reservations: struct<ReservationsModel>(
    {
      cpus: text,
      memory: byteSize,
      generic_resources: listOf(
        struct<GenericResourceModel>(
          {
            discrete_resource_spec: struct<
              NonNullable<GenericResourceModel['discrete_resource_spec']>
            >({ kind: text, value: count }, { keepEmpty: true }),
          },
          { keepEmpty: true },
        ),
      ),
      devices: deviceRequestsCodec,
    },
    { keepEmpty: true },
  ),
});

/** Puts deploy.resources into the spec; the member is always sent. */
export function convertResources(model: ResourcesModel | undefined, scope: ServiceScope): void {
  const { limits, reservations } = model ?? {};
  scope.draft.task.Resources = {
    ...(limits && { Limits: toLimits(limits, scope) }),
    ...(reservations && { Reservations: toReservations(reservations, scope) }),
  };
  const devices = reservations?.devices ?? [];
  reserveDevices(devices, ['deploy', 'resources', 'reservations', 'devices'], scope);
}

type Kind = 'limits' | 'reservations';

function toLimits(model: LimitsModel, scope: ServiceScope): ResourceLimits {
  const { pids = 0 } = model;
  return { ...toCommon(model, 'limits', scope), ...(pids !== 0 && { Pids: pids }) };
}

function toReservations(model: ReservationsModel, scope: ServiceScope): ResourceReservations {
  const resources = (model.generic_resources ?? []).flatMap(toGenericResource);
  return {
    ...toCommon(model, 'reservations', scope),
    ...(resources.length > 0 && { GenericResources: resources }),
  };
}

function toGenericResource(model: GenericResourceModel): GenericResource[] {
  const spec = model.discrete_resource_spec;
  return spec ? [{ DiscreteResourceSpec: { Kind: spec.kind ?? '', Value: spec.value ?? 0 } }] : [];
}

function toCommon(
  { cpus = '', memory = 0 }: LimitsModel,
  kind: Kind,
  scope: ServiceScope,
): { NanoCPUs?: number; MemoryBytes?: number } {
  const parsed = cpus === '' ? undefined : parseNanoCpus(cpus);
  if (parsed?.kind === 'error') {
    scope.error(['deploy', 'resources', kind, 'cpus'], {
      code: 'invalid-cpus',
      reason: parsed.reason,
      hint: "write a number of CPUs with at most nine decimals: '0.5', '2'",
    });
  }
  return {
    ...(parsed?.kind === 'ok' && parsed.nanoCpus !== 0 && { NanoCPUs: parsed.nanoCpus }),
    ...(memory !== 0 && { MemoryBytes: memory }),
  };
}
