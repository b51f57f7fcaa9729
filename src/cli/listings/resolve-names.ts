import { EngineError } from '../../base/errors.ts';
import type { EngineClient } from '../../engine/client.ts';
import type { Task } from '../../swarm/task.ts';
import type { TaskView } from './task-listing.ts';

type Names = Pick<TaskView, 'serviceNames' | 'nodeNames'>;

/** Every id stands for itself. */
export const NO_NAMES: Names = { serviceNames: new Map(), nodeNames: new Map() };

/**
 * Names of the services and nodes that tasks mention; an id that cannot be looked up is left out.
 *
 * Nodes show their Spec.Name, else their hostname.
 * @source spec/stack-file.md section 2.4
 */
export async function resolveNames(
  client: EngineClient,
  tasks: readonly Task[],
  signal: AbortSignal,
): Promise<Names> {
  const [serviceNames, nodeNames] = await Promise.all([
    lookUp(
      tasks.map((task) => task.ServiceID),
      async (id) => (await client.services.inspect(id, { signal })).Spec.Name,
    ),
    lookUp(
      tasks.map((task) => task.NodeID ?? ''),
      async (id) => {
        const { Spec: spec, Description: description } = await client.nodes.inspect(id, { signal });
        return (spec.Name ?? '') || (description.Hostname ?? '') || id;
      },
    ),
  ]);
  return { serviceNames, nodeNames };
}

/** A removed object is no error here; a cancelled command is. */
async function lookUp(
  ids: readonly string[],
  nameOf: (id: string) => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const distinct = [...new Set(ids)].filter((id) => id !== '');
  await Promise.all(
    distinct.map(async (id) => {
      try {
        names.set(id, await nameOf(id));
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
      }
    }),
  );
  return names;
}
