import { describe, expect, inject, test } from 'vitest';
import { swarmProblem } from '../../src/engine/swarm-problem.ts';
import { connectTo } from '../support/connect-to.ts';
import { describeEngineClient } from '../unit/engine/client-contract.ts';

const offer = inject('swarmLab');

describe.skipIf(offer.kind === 'none')('a real Swarm', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  const [manager, worker] = lab.nodes;

  describeEngineClient({
    name: `Docker ${lab.engineVersion}`,
    open: async () => {
      const client = await connectTo(`unix://${manager?.socket}`);
      return { client, close: () => undefined, image: lab.image };
    },
  });

  test('a worker refuses with exit code 9 and names the managers', async () => {
    const client = await connectTo(`unix://${worker?.socket}`);
    const refused = { code: 'not-a-manager', exitCode: 9, status: 503 };
    await expect(client.services.list({})).rejects.toMatchObject(refused);
    const problem = swarmProblem(await client.info());
    expect(problem).toMatchObject({ code: 'not-a-manager', exitCode: 9 });
    expect(problem?.message).toContain(`${manager?.address}:2377`);
    client.close();
  });

  test('an engine outside a Swarm refuses with exit code 9 and says how to make one', async () => {
    const client = await connectTo(`unix://${lab.outside.socket}`);
    const refused = { code: 'swarm-inactive', exitCode: 9 };
    await expect(client.services.list({})).rejects.toMatchObject(refused);
    await expect(client.networks.create({ Name: 'x', Driver: 'overlay' })).rejects.toMatchObject(
      refused,
    );
    expect(swarmProblem(await client.info())?.hint).toContain('docker swarm init');
    client.close();
  });
});
