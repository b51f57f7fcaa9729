import { describe, inject } from 'vitest';
import { describeFixtureStacks } from '../e2e/fixture-stacks.ts';

const offer = inject('swarmLab');

describe.skipIf(offer.kind === 'none')('a real Swarm', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  describeFixtureStacks({
    name: `Docker ${lab.engineVersion}`,
    socket: lab.nodes[0]?.socket ?? '',
    image: lab.image,
    nodes: lab.nodes.map((node) => node.name),
  });
});
