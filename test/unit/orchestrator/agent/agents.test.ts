import { expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import { createSeededRandom } from '../../../../src/base/random.ts';
import { Agents } from '../../../../src/orchestrator/agent/agents.ts';
import { StatusReports } from '../../../../src/orchestrator/agent/status-reports.ts';
import { createSimulatedRuntime } from '../../../../src/runtimes/simulated.ts';
import { aNode, aService, aStore, aTask, EPOCH } from '../../../support/builders.ts';

test('a task that is gone before a next life takes it up leaves nothing behind', () => {
  const { store, clock, write } = aStore();
  const random = createSeededRandom(1);
  const executor = createSimulatedRuntime({ clock, random, behaviourOf: () => ({}) });
  const live = (): Agents => {
    const reports = new StatusReports(store, clock, 0);
    const agents = new Agents({ store, clock, executor, reports, assignmentDelayMs: 100 });
    store.watch((commit) => agents.observe(commit));
    return agents;
  };
  const task = write((tx) => {
    const node = tx.create('node', aNode());
    const service = tx.create('service', aService());
    const Status = { State: 'assigned' as const };
    return tx.create('task', aTask(service, { NodeID: node.ID, Status }));
  });
  const node = task.NodeID;
  if (node === undefined) throw new Error('no node');
  const first = live();
  first.start(node);
  clock.advanceTo(toInstant(EPOCH + 5000));
  expect(executor.containerOf(task.ID)).toBeDefined();
  first.stop();

  live().start(node);
  write((tx) => tx.remove('task', task.ID));
  clock.advanceTo(toInstant(EPOCH + 30_000));
  expect(executor.containerOf(task.ID)).toBeUndefined();
});
