import type { CallOptions, EngineClient } from '../engine/client.ts';
import type { Node } from '../swarm/node.ts';
import type { Task } from '../swarm/task.ts';

/** Nodes and tasks of the whole cluster at one instant. */
export interface PlacementSnapshot {
  readonly nodes: readonly Node[];
  /** Of all stacks: they share the nodes. */
  readonly tasks: readonly Task[];
}

/**
 * Looks at everything that decides where new tasks go: two list calls, whatever the stack.
 * @throws what a call threw
 */
export async function observePlacement(
  engine: EngineClient,
  options: CallOptions = {},
): Promise<PlacementSnapshot> {
  const [nodes, tasks] = await Promise.all([
    engine.nodes.list({}, options),
    engine.tasks.list({}, options),
  ]);
  return { nodes, tasks };
}
