import type { Node } from '../../swarm/node.ts';
import type { Listing } from '../render/listing.ts';
import { compareNatural } from '../render/natural-order.ts';

/**
 * Nodes as `docker node ls` shows them, by host name.
 * @param self - id of the node that answers; it gets the star
 * @source docker/cli cli/command/node/formatter.go
 */
export function listNodes(nodes: readonly Node[], self: string | undefined): Listing {
  const sorted = [...nodes].sort((a, b) => compareNatural(hostnameOf(a), hostnameOf(b)));
  const rows = sorted.map((node) => ({
    ID: node.ID,
    Self: node.ID === self,
    Hostname: hostnameOf(node),
    Status: capitalise(node.Status.State),
    Availability: capitalise(node.Spec.Availability),
    ManagerStatus: describeManager(node.ManagerStatus),
    EngineVersion: node.Description.Engine?.EngineVersion ?? '',
  }));
  return {
    titles: {
      ID: 'ID',
      Self: 'SELF',
      Hostname: 'HOSTNAME',
      Status: 'STATUS',
      Availability: 'AVAILABILITY',
      ManagerStatus: 'MANAGER STATUS',
      EngineVersion: 'ENGINE VERSION',
    },
    columns: ['ID', 'Hostname', 'Status', 'Availability', 'ManagerStatus', 'EngineVersion'],
    rows,
    tableRows: rows.map((row) => ({ ...row, ID: `${row.ID} ${row.Self ? '*' : ' '}` })),
    raw: [
      ['node_id', 'ID'],
      ['hostname', 'Hostname'],
      ['status', 'Status'],
      ['availability', 'Availability'],
      ['manager_status', 'ManagerStatus'],
      ['engine_version', 'EngineVersion'],
    ],
    quietField: 'ID',
  };
}

function hostnameOf({ Description }: Node): string {
  return Description.Hostname ?? '';
}

function describeManager(status: Node['ManagerStatus']): string {
  if (!status) return '';
  return status.Leader === true ? 'Leader' : capitalise(status.Reachability ?? 'unknown');
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
