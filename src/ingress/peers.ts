import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredService } from '../orchestrator/store/stored-object.ts';
import type { ServiceId } from '../swarm/object.ts';
import type { NetworkAttachmentConfig } from '../swarm/service.ts';
import { virtualPort } from './endpoints.ts';

/** A service that another can reach. */
export interface Peer {
  /** The service's name, then its aliases on the networks that both are attached to. */
  readonly names: readonly string[];
  /** Its virtual IP. */
  readonly host: string;
  /** In the order of the service's spec; one with target port 0 when it declares none. */
  readonly ports: readonly { readonly targetPort: number; readonly port: number }[];
}

/**
 * The services that tasks of a service can reach: those that share a network with it, itself
 * included; in the order of their creation. Pure.
 */
export function peersOf(
  view: StoreView,
  service: StoredService,
  options: {
    readonly virtualAddresses: ReadonlyMap<ServiceId, string>;
    readonly canListenLow: boolean;
  },
): readonly Peer[] {
  const own = new Set(attachmentsOf(service).map((one) => one.Target));
  return view.list('service').flatMap((other) => {
    const shared = attachmentsOf(other).filter((one) => own.has(one.Target));
    const host = options.virtualAddresses.get(other.ID);
    if (shared.length === 0 || host === undefined) return [];
    const aliases = shared.flatMap((one) => one.Aliases ?? []);
    const declared = (other.Spec.EndpointSpec?.Ports ?? []).map((one) => one.TargetPort);
    const targets = new Set(declared.length > 0 ? declared : [0]);
    const ports = [...targets].map((targetPort) => ({
      targetPort,
      port: virtualPort(targetPort, options.canListenLow),
    }));
    return [{ names: [...new Set([other.Spec.Name, ...aliases])], host, ports }];
  });
}

/** Either of the two lists of a spec. */
export function attachmentsOf({ Spec }: StoredService): readonly NetworkAttachmentConfig[] {
  const { TaskTemplate, Networks } = Spec;
  return TaskTemplate.Networks?.length ? TaskTemplate.Networks : (Networks ?? []);
}
