import { describe, inject } from 'vitest';
import { describeStackLife } from '../e2e/stack-life.ts';

const offer = inject('swarmLab');

describe.skipIf(offer.kind === 'none')('a real Swarm', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  describeStackLife({
    name: `Docker ${lab.engineVersion}`,
    socket: lab.nodes[0]?.socket ?? '',
    image: lab.image,
    nodes: lab.nodes.map((node) => node.name),
    logs: lab.nodes.map((node) => `${node.dir}/log`),
  });
});
