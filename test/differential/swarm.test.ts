import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { EngineClient } from '../../src/engine/client.ts';
import { connectTo } from '../support/connect-to.ts';
import { comesTo, foretell, play, type Lab } from './play.ts';
import type { DifferentialScenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { createRealTarget, createSimulatedTarget } from './target.ts';

const offer = inject('swarmLab');

/*
 * A real Swarm of three nodes and the simulator are given the same scenarios. The simulator says
 * where each comes to rest; the Swarm has to come there, and stay. Scenarios that leave the nodes
 * alone run beside each other, those that change them one by one.
 */
describe.skipIf(offer.kind === 'none')('a real Swarm and the simulator agree:', () => {
  if (offer.kind === 'none') return;
  let client: EngineClient;
  let lab: Lab;

  beforeAll(async () => {
    client = await connectTo(`unix://${offer.lab.nodes[0]?.socket}`);
    const nodes = await client.nodes.list({});
    const hostname = (at: number): string => nodes[at]?.Description.Hostname ?? '';
    const order = nodes.map((_, at) => at).sort((a, b) => (hostname(a) < hostname(b) ? -1 : 1));
    lab = {
      image: offer.lab.image,
      nodes: order.flatMap((at) => nodes[at] ?? []),
    };
  });

  afterAll(() => client.close());

  const compare = async (scenario: DifferentialScenario): Promise<void> => {
    const foretold = await foretell(scenario, createSimulatedTarget(lab.nodes), lab);
    const target = createRealTarget(client);
    try {
      await play(scenario, {
        target,
        lab,
        agree: async (look, step) => {
          const wanted = foretold.get(step);
          if (!wanted) throw new Error(`the simulator did not come to step ${step}`);
          expect(await comesTo(wanted, look, target.wait), `step ${step + 1}`).toEqual(wanted);
        },
      });
    } finally {
      await cleanUp(scenario);
    }
  };

  const cleanUp = async (scenario: DifferentialScenario): Promise<void> => {
    const name = scenario.name.replace(/[^a-z0-9]+/g, '-').slice(0, 60);
    const services = await client.services.list({ filters: { name: [name] } });
    for (const { ID, Spec } of services) if (Spec.Name === name) await client.services.remove(ID);
    if (scenario.exclusive !== true) return;
    for (const { ID } of lab.nodes) {
      const { Spec, Version } = await client.nodes.inspect(ID);
      const plain = { ...Spec, Availability: 'active', Labels: {} } as const;
      await client.nodes.update(ID, plain, { version: Version.Index });
    }
  };

  /** Scenarios of one group wait for each other. */
  const turns = new Map<string, Promise<void>>();
  const inTurn = (scenario: DifferentialScenario): Promise<void> => {
    if (scenario.group === undefined) return compare(scenario);
    const former = turns.get(scenario.group) ?? Promise.resolve();
    const mine = former.then(
      () => compare(scenario),
      () => compare(scenario),
    );
    turns.set(scenario.group, mine);
    return mine;
  };

  const beside = SCENARIOS.filter((one) => one.exclusive !== true);
  test.concurrent.each(beside.map((one) => [one.name, one] as const))('%s', (_, scenario) =>
    inTurn(scenario),
  );

  const alone = SCENARIOS.filter((one) => one.exclusive === true);
  test.each(alone.map((one) => [one.name, one] as const))('%s', (_, scenario) => compare(scenario));
});

test('there are at least thirty scenarios, each with a name of its own', () => {
  const names = new Set(SCENARIOS.map((one) => one.name));
  expect(names.size).toBe(SCENARIOS.length);
  expect(names.size).toBeGreaterThanOrEqual(30);
});
