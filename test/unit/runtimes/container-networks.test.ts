import { expect, test } from 'vitest';
import type { ContainerEngine } from '../../../src/engine/containers.ts';
import type { Assignment } from '../../../src/orchestrator/agent/executor.ts';
import { ContainerNetworks } from '../../../src/runtimes/container/container-networks.ts';
import { anAssignment } from '../../support/an-assignment.ts';

/** An engine without networks, as far as they are asked for. */
function anEngine() {
  const created: Record<string, unknown>[] = [];
  const engine: Pick<ContainerEngine, 'listNetworks' | 'createNetwork'> = {
    listNetworks: async () => [],
    createNetwork: async (body) => {
      created.push({ ...body });
      return 'id';
    },
  };
  return { created, engine: engine as ContainerEngine };
}

function attachedTo(name: string, labels: Record<string, string>): Assignment {
  const assignment = anAssignment({ Image: 'web:1' });
  const Network = { ID: 'n1', Spec: { Name: name, Labels: labels } };
  const task = { ...assignment.task, NetworksAttachments: [{ Network, Addresses: [] }] };
  return { ...assignment, task: task as unknown as Assignment['task'] };
}

test('a network becomes a bridge that is not part of the stack', async () => {
  const { created, engine } = anEngine();
  const labels = { 'com.docker.stack.namespace': 'shop', team: 'a' };
  const joined = await new ContainerNetworks(engine, 'abcdefghij').join(
    attachedTo('shop_default', labels),
  );
  expect(joined).toMatchObject([{ name: 'tstack-abcdefgh-shop_default-n1' }]);
  expect(created).toMatchObject([{ Driver: 'bridge' }]);
  expect(created[0]?.['Labels']).toEqual({
    team: 'a',
    'io.tstack.cluster': 'abcdefghij',
    'io.tstack.network': 'n1',
  });
});

test("the engines' own networks are joined by their names, and not made", async () => {
  const { created, engine } = anEngine();
  const labels = { 'com.docker.swarm.predefined': 'true' };
  const joined = await new ContainerNetworks(engine, 'abcdefghij').join(attachedTo('host', labels));
  expect(joined).toEqual([{ name: 'host', aliases: [] }]);
  expect(created).toEqual([]);
});
