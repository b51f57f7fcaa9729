import type { ClusterStatus } from '../../daemon/cluster-status.ts';
import type { Instant } from '../../base/clock.ts';
import { describeAge } from '../render/age.ts';
import type { Listing } from '../render/listing.ts';

/** The status of one cluster, a fact a line. */
export function statusText(status: ClusterStatus, now: Instant): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Cluster', status.State === 'active' ? status.Name : `${status.Name} (has left its swarm)`],
    [
      'Daemon',
      `pid ${status.Pid}, tstack ${status.Version}, started ${describeAge(status.StartedAt, now)}`,
    ],
    ['Runtime', status.Runtime],
    ['Nodes', `${status.Nodes.Total} (${status.Nodes.Up} up)`],
    ['Managers', managersText(status)],
    ['Services', `${status.Services} (${status.RunningTasks} running tasks)`],
    ['State', status.Directory],
    ['Socket', `unix://${status.Socket}`],
    [
      'Listens',
      status.Listen.length === 0 ? undefined : `${status.Listen.join(', ')} (mutual TLS)`,
    ],
    ['CA expires', status.AuthorityExpires],
    ['Server certificate expires', status.ServerCertificateExpires],
  ];
  const shown = facts.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length)) + 2;
  return shown.map(([name, value]) => `${`${name}:`.padEnd(width)}${value ?? ''}\n`).join('');
}

/** What the managers are worth: as nodes of a Swarm, and here. */
function managersText({ Managers }: ClusterStatus): string {
  const { Total, Up, HasQuorum } = Managers;
  const count = `${Total} (${Up} up)`;
  if (Total <= 1) return count;
  return HasQuorum
    ? `${count}; a Swarm of ${Total} machines would have quorum, here all are one machine and fail together`
    : `${count}; a Swarm of ${Total} machines would have lost quorum and refuse writes, here it goes on`;
}

/** A cluster of this user; without a status it does not run. */
export interface KnownCluster {
  readonly name: string;
  readonly status: ClusterStatus | undefined;
}

/** The clusters of this user. */
export function listClusters(clusters: readonly KnownCluster[]): Listing {
  return {
    titles: {
      Name: 'NAME',
      State: 'STATE',
      Pid: 'PID',
      Runtime: 'RUNTIME',
      Nodes: 'NODES',
      Services: 'SERVICES',
      Tasks: 'TASKS',
      Socket: 'SOCKET',
    },
    columns: ['Name', 'State', 'Pid', 'Runtime', 'Nodes', 'Services', 'Tasks'],
    rows: clusters.map(({ name, status }) => ({
      Name: name,
      State: status ? (status.State === 'active' ? 'running' : 'running, no swarm') : 'stopped',
      Pid: status ? String(status.Pid) : '',
      Runtime: status?.Runtime ?? '',
      Nodes: status ? String(status.Nodes.Total) : '',
      Services: status ? String(status.Services) : '',
      Tasks: status ? String(status.RunningTasks) : '',
      Socket: status ? `unix://${status.Socket}` : '',
    })),
    quietField: 'Name',
  };
}
