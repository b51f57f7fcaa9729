import type { RunningStack } from '../../src/adopt/observe-running.ts';
import { withIds } from '../../src/plan/service-operations.ts';
import type { StackSpec } from '../../src/stack/stack-spec.ts';
import type { ConfigId, NetworkId, SecretId, ServiceId } from '../../src/swarm/object.ts';
import type { Service, ServiceSpec } from '../../src/swarm/service.ts';

const META = { Version: { Index: 7 }, CreatedAt: '', UpdatedAt: '' };

/** A service as an engine stores it. */
export function storedService(spec: ServiceSpec): Service {
  return { ...META, ID: `id-${spec.Name}` as ServiceId, Spec: spec };
}

/** What a cluster holds after a stack was deployed: ids where the spec has names. */
export function runningStack(spec: StackSpec): RunningStack {
  const own = spec.networks.map((one) => ({
    ...one,
    Id: `id-${one.Name}` as NetworkId,
    Scope: 'swarm' as const,
    Driver: one.Driver ?? 'overlay',
    Options: { ...one.Options, 'com.docker.network.driver.overlay.vxlanid_list': '4097' },
    IPAM: {
      Driver: 'default',
      Config: [{ Subnet: '10.0.3.0/24', Gateway: '10.0.3.1' }],
      ...one.IPAM,
    },
  }));
  const names = new Set(spec.services.flatMap((one) => networksOf(one)));
  const others = [...names]
    .filter((name) => !own.some((one) => one.Name === name))
    .map((Name) => ({
      Id: `id-${Name}` as NetworkId,
      Name,
      Scope: 'swarm' as const,
      Driver: 'overlay',
    }));
  const containers = spec.services.map((one) => one.TaskTemplate.ContainerSpec);
  const ids = {
    secrets: new Map(
      containers.flatMap((one) =>
        (one?.Secrets ?? []).map((ref) => [ref.SecretName, `id-${ref.SecretName}` as SecretId]),
      ),
    ),
    configs: new Map(
      containers.flatMap((one) =>
        (one?.Configs ?? []).map((ref) => [ref.ConfigName, `id-${ref.ConfigName}` as ConfigId]),
      ),
    ),
  };
  return {
    stack: spec.stack,
    services: spec.services.map((one) => storedService(withNetworkIds(withIds(one, ids)))),
    networks: [...own, ...others],
    secrets: spec.secrets.map(({ Data: _kept, ...Spec }) => ({
      ...META,
      ID: `id-${Spec.Name}` as SecretId,
      Spec,
    })),
    configs: spec.configs.map((Spec) => ({ ...META, ID: `id-${Spec.Name}` as ConfigId, Spec })),
  };
}

function networksOf({ TaskTemplate }: ServiceSpec): readonly string[] {
  return (TaskTemplate.Networks ?? []).map((one) => one.Target);
}

function withNetworkIds(spec: ServiceSpec): ServiceSpec {
  const { Networks } = spec.TaskTemplate;
  if (!Networks) return spec;
  const attached = Networks.map((one) => ({ ...one, Target: `id-${one.Target}` }));
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks: attached } };
}
