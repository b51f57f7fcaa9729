import { afterAll, beforeAll, describe, inject } from 'vitest';
import { describeStackLife } from '../e2e/stack-life.ts';
import { createEmbeddedCluster } from '../support/embedded-cluster.ts';

const offer = inject('swarmLab');

describe.skipIf(offer.kind === 'none')('an embedded cluster on a container engine', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  const cluster = createEmbeddedCluster();
  const engine = `unix://${lab.outside.socket}`;
  beforeAll(() => cluster.start('--nodes', '1m+2w', '--runtime', 'container', '--engine', engine));
  afterAll(() => cluster.destroy());

  describeStackLife({
    name: `containers of Docker ${lab.engineVersion}`,
    socket: cluster.socket,
    image: lab.image,
    nodes: ['manager-1', 'worker-1', 'worker-2'],
  });
});
