import type { EngineError } from '../base/errors.ts';
import type { EngineInfo } from './client.ts';
import { refusalError } from './daemon-error.ts';

/**
 * What keeps an engine from serving stacks: locked, a worker, or not in a Swarm; undefined when it can.
 *
 * For commands that ask before they write; others meet the engine's own refusal, with the same hints.
 * @source docker/cli cli/command/stack/swarm/deploy_composefile.go (checkDaemonIsSwarmManager)
 */
export function swarmProblem(info: EngineInfo): EngineError | undefined {
  if (info.Swarm?.ControlAvailable === true) return undefined;
  return refusalError(problemText(info.Swarm), { method: 'GET', path: '/info' });
}

function problemText(swarm: EngineInfo['Swarm']): string {
  const state = swarm?.LocalNodeState;
  if (state === 'locked') {
    return 'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.';
  }
  if (state === 'active' || state === 'pending') {
    const managers = (swarm?.RemoteManagers ?? []).map((one) => one.Addr);
    const where = managers.length === 0 ? '' : ` Its managers: ${managers.join(', ')}.`;
    return `This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.${where}`;
  }
  const reason = (swarm?.Error ?? '') === '' ? '' : ` (${swarm?.Error})`;
  return `this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again${reason}`;
}
