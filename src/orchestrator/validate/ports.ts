import type { EndpointSpec } from '../../swarm/service.ts';
import { isIngress, protocolOf } from '../allocator/port-space.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredService } from '../store/stored-object.ts';
import type { SpecRule } from './spec-rule.ts';

/** A known resolution mode. @source moby daemon/cluster/convert/service.go */
export const endpointModeRule: SpecRule = ({ EndpointSpec }) => {
  const mode: string = EndpointSpec?.Mode ?? 'vip';
  return mode === 'vip' || mode === 'dnsrr'
    ? undefined
    : engineRefusal(`invalid resolution mode: ${JSON.stringify(mode)}`);
};

/** Ports fit their mode and are not published twice. @source swarmkit manager/controlapi/service.go (validateEndpointSpec) */
export const portsRule: SpecRule = ({ EndpointSpec }) => {
  const ports = EndpointSpec?.Ports ?? [];
  if (EndpointSpec?.Mode === 'dnsrr' && ports.some(isIngress)) {
    const text = "EndpointSpec: port published with ingress mode can't be used with dnsrr mode";
    return rpcError('InvalidArgument', text);
  }
  const seen = new Set<string>();
  for (const port of ports) {
    if (!port.PublishedPort) continue;
    const key = `${port.PublishedPort}/${protocolOf(port)}`;
    if (seen.has(key)) {
      return rpcError('InvalidArgument', 'EndpointSpec: duplicate published ports provided');
    }
    seen.add(key);
  }
  return undefined;
};

/**
 * Ingress ports exclude each other and host ports of others; host ports do not exclude each other.
 *
 * Looks at specs and at what was allocated, so a dynamic port is protected as well.
 * @source swarmkit manager/controlapi/service.go (checkPortConflicts)
 */
export function checkPortConflicts(
  spec: EndpointSpec | undefined,
  self: StoredService['ID'] | undefined,
  view: StoreView,
): ControlError | undefined {
  const wanted = new Map<string, 'ingress' | 'host'>();
  for (const port of spec?.Ports ?? []) {
    if (!port.PublishedPort) continue;
    wanted.set(`${port.PublishedPort}/${protocolOf(port)}`, isIngress(port) ? 'ingress' : 'host');
  }
  if (wanted.size === 0) return undefined;
  for (const service of view.list('service')) {
    const refusal = service.ID === self ? undefined : checkAgainst(service, wanted);
    if (refusal) return refusal;
  }
  return undefined;
}

function checkAgainst(
  { ID, Spec, Endpoint }: StoredService,
  wanted: ReadonlyMap<string, 'ingress' | 'host'>,
): ControlError | undefined {
  for (const port of [...(Spec.EndpointSpec?.Ports ?? []), ...(Endpoint?.Ports ?? [])]) {
    const mode = wanted.get(`${port.PublishedPort ?? 0}/${protocolOf(port)}`);
    if (!mode || (mode === 'host' && !isIngress(port))) continue;
    const held = isIngress(port) ? 'an ingress' : 'a host-published';
    const text = `port '${port.PublishedPort}' is already in use by service '${Spec.Name}' (${ID}) as ${held} port`;
    return rpcError('InvalidArgument', text);
  }
  return undefined;
}
