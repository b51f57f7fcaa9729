import { expect, test } from 'vitest';
import { slotsOf } from '../../../src/rollout/task-slots.ts';
import type { Service } from '../../../src/swarm/service.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';

test('a task is current although engines keep Runtime in services and leave it out of tasks', async () => {
  const engine = new FakeEngine();
  const { id } = await engine.client.services.create({
    Name: 'web',
    TaskTemplate: { ContainerSpec: { Image: 'web:1' } },
  });
  engine.settle();
  const stored = await engine.client.services.inspect(id);
  const TaskTemplate = { ...stored.Spec.TaskTemplate, Runtime: 'container', Placement: {} };
  const service: Service = { ...stored, Spec: { ...stored.Spec, TaskTemplate } };
  const [slot] = slotsOf(service, engine.tasksOf('web'));
  expect(slot?.current).toHaveLength(1);
});
