import { overlaps, parseSubnet, type Subnet } from '../subnet.ts';
import type { Ipam } from '../../swarm/network.ts';
import { isDescribed } from './described-node.ts';
import type { Finding, PreflightRule } from './preflight-rule.ts';

interface Block {
  readonly network: string;
  readonly subnet: Subnet;
}

/**
 * New networks whose address space overlaps that of another.
 *
 * A manager accepts them, but never allocates them: tasks stay `new` and nothing says why.
 * @source spec/orchestrator.md 9 (allocator)
 */
export const addressSpace: PreflightRule = {
  name: 'address-space',
  check({ plan, snapshot, cluster }) {
    if (!cluster.nodes.every(isDescribed)) return [];
    const taken = snapshot.networks
      .filter(({ Scope }) => Scope === 'swarm')
      .flatMap(({ Name, IPAM }) => blocksOf(Name, IPAM));
    const created = plan.operations.flatMap((one) =>
      one.kind === 'network-create' ? blocksOf(one.name, one.body.IPAM) : [],
    );
    return created.flatMap((block, at): readonly Finding[] => {
      const other = [...taken, ...created.slice(0, at)].find(
        (one) => one.network !== block.network && overlaps(one.subnet, block.subnet),
      );
      if (!other) return [];
      const refusal = {
        code: 'subnet-overlap',
        subject: block.network,
        message: `network ${block.network}: subnet ${block.subnet.text} overlaps ${other.subnet.text} of network ${other.network}; the manager would never allocate it`,
        hint: 'choose another subnet, or leave ipam out and the manager chooses',
        isOverridable: true,
      };
      return [{ kind: 'refusal', refusal }];
    });
  },
};

function blocksOf(network: string, ipam: Ipam | undefined): readonly Block[] {
  return (ipam?.Config ?? []).flatMap(({ Subnet: text }) => {
    const subnet = parseSubnet(text ?? '');
    return subnet ? [{ network, subnet }] : [];
  });
}
