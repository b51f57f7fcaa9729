import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { CallOptions, EngineClient } from '../engine/client.ts';
import { swarmProblem } from '../engine/swarm-problem.ts';
import type { ScenarioNode } from '../simulate/scenario.ts';
import type { LiveState } from '../simulate/start-state.ts';
import type { Node } from '../swarm/node.ts';

/** A live cluster as a simulation begins with it. */
export interface LiveCluster {
  readonly nodes: readonly ScenarioNode[];
  /** What runs there. */
  readonly state: LiveState;
}

const NOTHING: LiveState = { services: [], tasks: [], networks: [], secrets: [], configs: [] };

/**
 * Reads nodes and what runs on them: one list call each, whatever their number.
 * @param nodesOnly - leave out what runs there
 * @throws EngineError, exit 9 when the engine is not a manager; UserError without a node
 */
export async function readLiveCluster(
  engine: EngineClient,
  nodesOnly: boolean,
  options: CallOptions,
): Promise<LiveCluster> {
  const reads = Promise.all([
    engine.nodes.list({}, options),
    nodesOnly ? NOTHING : readState(engine, options),
  ]);
  // What the engine says about itself explains failed reads better than they do.
  const [info, seen] = await Promise.allSettled([engine.info(options), reads]);
  if (info.status === 'rejected') throw info.reason;
  const problem = swarmProblem(info.value);
  if (problem) throw problem;
  if (seen.status === 'rejected') throw seen.reason;
  const [nodes, state] = seen.value;
  if (nodes.length === 0) {
    throw new UserError('the cluster has no nodes', {
      code: 'no-nodes',
      exitCode: EXIT_CODE.failed,
      hint: 'Let a node join, or name nodes in a scenario.',
    });
  }
  return { nodes: toScenarioNodes(nodes), state };
}

async function readState(engine: EngineClient, options: CallOptions): Promise<LiveState> {
  const [services, tasks, networks, secrets, configs] = await Promise.all([
    engine.services.list({}, options),
    engine.tasks.list({}, options),
    engine.networks.list({}, options),
    engine.secrets.list({}, options),
    engine.configs.list({}, options),
  ]);
  return { services, tasks, networks, secrets, configs };
}

/** Nodes by hostname; of several with one hostname, the later ones by id. The leader is first. */
function toScenarioNodes(nodes: readonly Node[]): readonly ScenarioNode[] {
  const taken = new Set<string>();
  return nodes
    .toSorted((a, b) => leaderRank(a) - leaderRank(b))
    .map(({ ID, Spec, Description, Status }) => {
      const hostname = Description.Hostname ?? ID;
      const name = taken.has(hostname) ? ID : hostname;
      taken.add(name);
      return {
        id: ID,
        name,
        role: Spec.Role,
        availability: Spec.Availability,
        labels: Spec.Labels ?? {},
        description: Description,
        isDown: Status.State !== 'ready',
      };
    });
}

function leaderRank({ ManagerStatus }: Node): number {
  return ManagerStatus?.Leader === true ? 0 : 1;
}
