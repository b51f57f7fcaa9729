import type { NetworkAttachmentConfig, ServiceSpec } from '../../swarm/service.ts';
import type { NetworkId } from '../../swarm/object.ts';
import { ingressNetwork, needsIngress } from '../allocator/allocate-service.ts';
import { ControlError, engineRefusal, rpcError } from '../control-error.ts';
import type { StoreView } from '../store/store-view.ts';
import type { ControlContext } from './control-context.ts';
import { lookUp } from './look-up.ts';

/**
 * The spec with network ids in place of names, in both lists.
 * @throws ControlError when a network is missing (internal: Parity) or local (forbidden)
 * @source moby daemon/cluster/services.go (populateNetworkID); spec/orchestrator.md section 21
 */
export function resolveNetworks(context: ControlContext, spec: ServiceSpec): ServiceSpec {
  const resolve = (list: readonly NetworkAttachmentConfig[]): NetworkAttachmentConfig[] =>
    list.map((one) => ({ ...one, Target: resolveNetwork(context, one.Target) }));
  const { TaskTemplate, Networks } = spec;
  return {
    ...spec,
    TaskTemplate: {
      ...TaskTemplate,
      ...(TaskTemplate.Networks && { Networks: resolve(TaskTemplate.Networks) }),
    },
    ...(Networks && { Networks: resolve(Networks) }),
  };
}

/** No service joins the ingress network by name. @source swarmkit manager/controlapi/service.go (validateNetworks) */
export function checkNoIngressAttachment(
  { TaskTemplate, Networks }: ServiceSpec,
  view: StoreView,
): ControlError | undefined {
  for (const { Target } of [...(TaskTemplate.Networks ?? []), ...(Networks ?? [])]) {
    const network = view.get('network', Target as NetworkId);
    if (network?.Spec.Ingress !== true) continue;
    const text = `Service cannot be explicitly attached to the ingress network "${network.Spec.Name}"`;
    return rpcError('InvalidArgument', text);
  }
  return undefined;
}

/** Ports in ingress mode need the routing mesh. @source swarmkit manager/controlapi/service.go */
export function checkIngressPresent(
  { EndpointSpec }: ServiceSpec,
  view: StoreView,
): ControlError | undefined {
  if (!needsIngress(EndpointSpec) || ingressNetwork(view)) return undefined;
  const text = 'service needs ingress network, but no ingress network is present';
  return rpcError('InvalidArgument', text);
}

function resolveNetwork({ store, isLocalNetwork }: ControlContext, target: string): string {
  try {
    return lookUp(store.view, 'network', target).ID;
  } catch (error) {
    if (!(error instanceof ControlError) || error.kind !== 'not-found') throw error;
    if (isLocalNetwork?.(target)) {
      const text =
        `The network ${target} cannot be used with services. Only networks scoped to the swarm ` +
        'can be used, such as those created with the overlay driver.';
      throw engineRefusal(text, 'forbidden');
    }
    throw engineRefusal(`network ${target} not found`, 'internal');
  }
}
