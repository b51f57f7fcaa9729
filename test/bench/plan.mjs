// Planning a change of 20 services with 10 tasks each, over a local socket.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from 'tsx/esm/api';
import { interleave, timeProcess } from './measure.mjs';

const SERVICES = 20;
const REPLICAS = 10;

function stackFile(version) {
  const services = Object.fromEntries(
    Array.from({ length: SERVICES }, (_, at) => [
      `service-${at + 1}`,
      {
        image: `registry.example/app-${at + 1}:1`,
        environment: { VERSION: version },
        deploy: { replicas: REPLICAS, update_config: { parallelism: 2 } },
      },
    ]),
  );
  return JSON.stringify({ services });
}

export const plan = {
  name: 'plan',
  summary: `plan of a change of ${SERVICES} services with ${REPLICAS} tasks each, local socket, ms`,
  async run({ bin, rounds }) {
    register();
    const { FakeEngine } = await import('../support/fake-engine-client.ts');
    const { serveFakeEngine } = await import('../support/fake-engine-server.ts');
    // A path of a socket has to be short.
    const folder = mkdtempSync(join(tmpdir(), 'plan-'));
    const engine = new FakeEngine();
    const socket = join(folder, 'e.sock');
    const served = await serveFakeEngine(socket, engine.client);
    const env = {
      ...process.env,
      HOME: folder,
      DOCKER_CONFIG: folder,
      DOCKER_HOST: `unix://${socket}`,
    };
    const file = (version) => {
      const path = join(folder, `v${version}.yml`);
      writeFileSync(path, stackFile(version));
      return path;
    };
    const flags = (version) => ['-c', file(version), '--resolve-image', 'never'];
    const tstack = (...args) => [process.execPath, bin, ...args];
    try {
      await timeProcess(tstack('deploy', '--detach', ...flags(1), 'bench'), { env });
      engine.settle();
      const changed = tstack('plan', ...flags(2), 'bench');
      const same = tstack('plan', ...flags(1), 'bench');
      served.requests.length = 0;
      await timeProcess(changed, { env });
      const requests = served.requests.length;
      const names = {
        start: 'tstack --version',
        same: 'tstack plan, nothing changed',
        changed: `tstack plan, all changed (${requests} requests)`,
      };
      const medians = await interleave(
        {
          [names.start]: () => timeProcess(tstack('--version'), { env }),
          [names.same]: () => timeProcess(same, { env }),
          [names.changed]: () => timeProcess(changed, { env }),
        },
        rounds,
      );
      const start = medians[names.start];
      return [
        ...Object.values(names).map((name) => ({ name, ms: medians[name] })),
        { name: 'nothing changed, on top of process start', ms: medians[names.same] - start },
        { name: 'all changed, on top of process start', ms: medians[names.changed] - start },
      ];
    } finally {
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
