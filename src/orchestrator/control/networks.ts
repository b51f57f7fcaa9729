import { containsIp, parseCidr, parseIp, type IpBlock } from '../../base/ip-address.ts';
import { randomId } from '../../base/random.ts';
import type { IpamConfig, NetworkCreate } from '../../swarm/network.ts';
import type { NetworkId } from '../../swarm/object.ts';
import { taskStateRank } from '../../swarm/task-state.ts';
import { ingressNetwork, needsIngress } from '../allocator/allocate-service.ts';
import { LABEL_PREDEFINED } from '../allocator/network-books.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { StoreView } from '../store/store-view.ts';
import type {
  StoredNetwork,
  StoredTask,
  SwarmIpam,
  SwarmNetworkSpec,
} from '../store/stored-object.ts';
import { checkDnsName } from '../validate/name.ts';
import { commit, refuse, type ControlContext } from './control-context.ts';
import { lookUp } from './look-up.ts';

/**
 * Creates a swarm network; its subnet and driver state are the allocator's to fill.
 * @throws ControlError
 * @source spec/engine-api.md section 10; spec/orchestrator.md section 21
 */
export function createNetwork(context: ControlContext, sent: NetworkCreate): StoredNetwork {
  const Spec = toSwarmSpec(sent);
  const name: string | undefined = sent.Name;
  if (!name) throw engineRefusal('invalid name: name is empty');
  refuse(checkIpam(sent.IPAM?.Config ?? []));
  return commit(context, (tx) => {
    if (tx.view.byName('network', Spec.Name)) {
      throw engineRefusal(`network with name ${Spec.Name} already exists`, 'conflict');
    }
    refuse(checkDnsName(Spec.Name));
    refuse(checkIngress(Spec, tx.view));
    return tx.create('network', { ID: randomId(context.random) as NetworkId, Spec });
  });
}

/**
 * Removes a network that no service's spec and no wanted task uses.
 * @throws ControlError
 * @source swarmkit manager/controlapi/network.go (RemoveNetwork)
 */
export function removeNetwork(context: ControlContext, idOrName: string): StoredNetwork {
  const { view } = context.store;
  const network = lookUp(view, 'network', idOrName);
  refuse(checkUnused(network, view));
  commit(context, (tx) => tx.remove('network', network.ID));
  return network;
}

function toSwarmSpec(sent: NetworkCreate): SwarmNetworkSpec {
  const ipam = toSwarmIpam(sent.IPAM);
  return {
    Name: sent.Name,
    Labels: sent.Labels ?? {},
    DriverConfiguration: {
      ...(sent.Driver && { Name: sent.Driver }),
      ...(Object.keys(sent.Options ?? {}).length > 0 && { Options: sent.Options ?? {} }),
    },
    ...(sent.EnableIPv6 && { IPv6Enabled: true }),
    ...(sent.Internal && { Internal: true }),
    ...(sent.Attachable && { Attachable: true }),
    ...(sent.Ingress && { Ingress: true }),
    ...(ipam && { IPAMOptions: ipam }),
    Scope: 'swarm',
  };
}

function toSwarmIpam(ipam: NetworkCreate['IPAM']): SwarmIpam | undefined {
  const configs = ipam?.Config ?? [];
  if (!ipam?.Driver && configs.length === 0) return undefined;
  return {
    Driver: { Name: ipam?.Driver ?? 'default', ...(ipam?.Options && { Options: ipam.Options }) },
    Configs: configs.map(({ Subnet, IPRange, Gateway }) => ({
      ...(Subnet && { Subnet }),
      ...(IPRange && { Range: IPRange }),
      ...(Gateway && { Gateway }),
    })),
  };
}

function checkIpam(configs: readonly IpamConfig[]): ControlError | undefined {
  const problems = configs.flatMap(ipamProblems);
  return problems.length === 0
    ? undefined
    : engineRefusal(`invalid network config:\n${problems.join('\n')}`);
}

function ipamProblems(config: IpamConfig): string[] {
  const { Subnet } = config;
  if (!Subnet) return [];
  const subnet = parseCidr(Subnet);
  if (!subnet) return [`invalid subnet ${Subnet}: invalid CIDR block notation`];
  const problems = [rangeProblem(config, subnet), gatewayProblem(config, subnet)];
  return problems.filter((one) => one !== undefined);
}

function rangeProblem({ Subnet, IPRange }: IpamConfig, subnet: IpBlock): string | undefined {
  if (!IPRange) return undefined;
  const range = parseCidr(IPRange);
  if (!range) return `invalid ip-range ${IPRange}: invalid CIDR block notation`;
  return containsIp(subnet, range.base)
    ? undefined
    : `invalid ip-range ${IPRange}: parent subnet ${Subnet} doesn't contain ip-range`;
}

function gatewayProblem({ Subnet, Gateway }: IpamConfig, subnet: IpBlock): string | undefined {
  if (!Gateway) return undefined;
  const gateway = parseIp(Gateway);
  if (!gateway) return `invalid gateway ${Gateway}: invalid address`;
  return containsIp(subnet, gateway)
    ? undefined
    : `invalid gateway ${Gateway}: parent subnet ${Subnet} doesn't contain this address`;
}

function checkIngress(spec: SwarmNetworkSpec, view: StoreView): ControlError | undefined {
  if (!spec.Ingress) return undefined;
  if (spec.Attachable) {
    return rpcError('InvalidArgument', 'ingress network cannot be attachable');
  }
  const present = ingressNetwork(view);
  return present && rpcError('AlreadyExists', `ingress network (${present.ID}) is already present`);
}

function checkUnused(network: StoredNetwork, view: StoreView): ControlError | undefined {
  const { ID, Spec } = network;
  if (Spec.Labels?.[LABEL_PREDEFINED] === 'true') {
    const text = `${Spec.Name} is a pre-defined network and cannot be removed`;
    return engineRefusal(text, 'forbidden');
  }
  if (Spec.Ingress) {
    const user = view.list('service').find((one) => needsIngress(one.Spec.EndpointSpec));
    const text = `ingress network cannot be removed because service ${user?.ID} depends on it`;
    return user && rpcError('FailedPrecondition', text);
  }
  const [service] = view.servicesByNetwork(ID);
  if (service) {
    return rpcError('FailedPrecondition', `network ${ID} is in use by service ${service.ID}`);
  }
  const task = view.list('task').find((one) => isWanted(one) && isAttached(one, ID));
  return task && rpcError('FailedPrecondition', `network ${ID} is in use by task ${task.ID}`);
}

function isWanted({ DesiredState, Status }: StoredTask): boolean {
  const running = taskStateRank('running');
  return taskStateRank(DesiredState) <= running && taskStateRank(Status.State) <= running;
}

function isAttached({ NetworksAttachments }: StoredTask, id: NetworkId): boolean {
  return (NetworksAttachments ?? []).some((one) => one.Network.ID === id);
}
