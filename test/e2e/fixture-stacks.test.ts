import { afterAll, beforeAll, describe } from 'vitest';
import { createEmbeddedCluster } from '../support/embedded-cluster.ts';
import { describeFixtureStacks } from './fixture-stacks.ts';

describe.skipIf(process.platform !== 'linux')('an embedded cluster', () => {
  const cluster = createEmbeddedCluster();
  beforeAll(() => cluster.start('--nodes', '1m+2w', '--runtime', 'process'), 60_000);
  afterAll(() => cluster.destroy());

  describeFixtureStacks({
    name: 'processes of this machine',
    socket: cluster.socket,
    image: 'busybox:latest',
    nodes: ['manager-1', 'worker-1', 'worker-2'],
  });
});
