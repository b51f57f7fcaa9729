import { afterAll, beforeAll, describe } from 'vitest';
import { createEmbeddedCluster } from '../support/embedded-cluster.ts';
import { describeStackLife } from './stack-life.ts';

describe.skipIf(process.platform !== 'linux')('an embedded cluster', () => {
  const cluster = createEmbeddedCluster();
  beforeAll(() => cluster.start('--nodes', '1m+2w', '--runtime', 'process'));
  afterAll(() => cluster.destroy());

  describeStackLife({
    name: 'processes of this machine',
    socket: cluster.socket,
    image: 'busybox:latest',
    nodes: ['manager-1', 'worker-1', 'worker-2'],
  });
});
