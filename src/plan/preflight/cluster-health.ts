import type { Finding, PreflightRule } from './preflight-rule.ts';

/** Managers that cannot be reached, and nodes that are not ready: notes, since others do the work. */
export const clusterHealth: PreflightRule = {
  name: 'cluster-health',
  check({ cluster: { nodes } }) {
    const managers = nodes.filter(({ ManagerStatus }) => ManagerStatus !== undefined);
    const lost = managers.filter(
      ({ ManagerStatus }) => ManagerStatus?.Reachability === 'unreachable',
    );
    const spare = managers.length - lost.length - (Math.floor(managers.length / 2) + 1);
    const away = nodes.filter(({ Status }) => Status.State !== 'ready');
    const nameOf = ({ ID, Description }: (typeof nodes)[number]): string =>
      Description.Hostname || ID;
    return [
      ...(lost.length > 0
        ? [
            note(
              'quorum-at-risk',
              `${lost.length} of ${managers.length} managers cannot be reached (${lost.map(nameOf).join(', ')}); ${Math.max(0, spare)} more may fail before the cluster takes no changes`,
            ),
          ]
        : []),
      ...(away.length > 0
        ? [
            note(
              'node-not-ready',
              `${away.length} of ${nodes.length} nodes take no tasks: ${away.map((one) => `${nameOf(one)} (${one.Status.State})`).join(', ')}`,
            ),
          ]
        : []),
    ];
  },
};

function note(code: 'quorum-at-risk' | 'node-not-ready', message: string): Finding {
  return { kind: 'note', note: { code, severity: 'note', subject: 'cluster', message } };
}
