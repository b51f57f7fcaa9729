import type { JsonValue } from '../base/brand.ts';
import type { ServiceSpec } from '../swarm/service.ts';
import { isEqual } from './diff.ts';

/**
 * The spec with those lists whose order means nothing (variables, constraints, ports) in the order
 * the cluster holds them in, where they hold the same.
 *
 * Files give them sorted, `docker service create` as they were typed; the engine takes another order
 * for another spec and would replace tasks for it.
 */
export function withStoredOrder(spec: ServiceSpec, stored: ServiceSpec): ServiceSpec {
  const [task, before] = [spec.TaskTemplate, stored.TaskTemplate];
  const { ContainerSpec, Placement } = task;
  const { EndpointSpec } = spec;
  return {
    ...spec,
    TaskTemplate: {
      ...task,
      ...(ContainerSpec?.Env && {
        ContainerSpec: {
          ...ContainerSpec,
          Env: inOrderOf(before.ContainerSpec?.Env, ContainerSpec.Env),
        },
      }),
      ...(Placement?.Constraints && {
        Placement: {
          ...Placement,
          Constraints: inOrderOf(before.Placement?.Constraints, Placement.Constraints),
        },
      }),
    },
    ...(EndpointSpec?.Ports && {
      EndpointSpec: {
        ...EndpointSpec,
        Ports: inOrderOf(stored.EndpointSpec?.Ports, EndpointSpec.Ports),
      },
    }),
  };
}

function inOrderOf<T extends object | string>(
  stored: readonly T[] | undefined,
  wanted: readonly T[],
): readonly T[] {
  if (stored?.length !== wanted.length) return wanted;
  const left = [...wanted];
  for (const item of stored) {
    const at = left.findIndex((one) => isEqual(canonical(one), canonical(item)));
    if (at < 0) return wanted;
    left.splice(at, 1);
  }
  return stored;
}

/** A port with the engine's defaults written out; a text as it is. */
function canonical(item: object | string): JsonValue {
  if (typeof item === 'string') return item;
  const port = item as { readonly [key: string]: JsonValue };
  return {
    ...port,
    Name: port['Name'] ?? '',
    Protocol: port['Protocol'] || 'tcp',
    PublishedPort: port['PublishedPort'] ?? 0,
    PublishMode: port['PublishMode'] || 'ingress',
  };
}
