import type { Assignment, TaskFile } from '../../src/orchestrator/agent/executor.ts';
import type { ContainerSpec, TaskSpec } from '../../src/swarm/service.ts';
import { aNode, aService, aStore, aTask } from './builders.ts';

/** A task as its node gets it, of a service made for it. */
export function anAssignment(
  container: ContainerSpec,
  options: {
    readonly files?: readonly TaskFile[];
    readonly template?: Partial<TaskSpec>;
    readonly service?: NonNullable<Parameters<typeof aService>[0]>;
  } = {},
): Assignment {
  const { write } = aStore();
  const template = { ...options.template, ContainerSpec: container };
  const spec = { ...options.service?.spec, TaskTemplate: template };
  return write((tx) => {
    const service = tx.create('service', aService({ ...options.service, spec }));
    const node = tx.create('node', aNode());
    const task = tx.create('task', aTask(service, { NodeID: node.ID }));
    return { task, node, service, container, files: () => options.files ?? [] };
  });
}
