// Deploying 100 unchanged services again over a link with a 20 ms round trip.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { register } from 'tsx/esm/api';
import { startLatencyProxy } from './latency-proxy.mjs';
import { findDocker, interleave, timeProcess } from './measure.mjs';
import { generateStackFile } from './stack-files.mjs';

const SERVICES = 100;
const ROUND_TRIP_MS = 20;

export const redeploy = {
  name: 'redeploy',
  summary: `deploy of ${SERVICES} unchanged services, ${ROUND_TRIP_MS} ms away, ms`,
  async run({ bin, folder, rounds }) {
    register();
    const { FakeEngine } = await import('../support/fake-engine-client.ts');
    const { serveFakeEngine } = await import('../support/fake-engine-server.ts');
    const engine = new FakeEngine();
    const target = join(folder, 'engine.sock');
    const listen = join(folder, 'far.sock');
    const served = await serveFakeEngine(target, engine.client);
    const proxy = await startLatencyProxy({ listen, target, roundTripMs: ROUND_TRIP_MS });
    const file = join(folder, 'hundred.yml');
    writeFileSync(file, generateStackFile(SERVICES));
    const flags = ['deploy', '-c', file, '--resolve-image', 'never', '--detach=true', 'bench'];
    const env = {
      ...process.env,
      HOME: folder,
      DOCKER_CONFIG: folder,
      DOCKER_HOST: `unix://${listen}`,
    };
    const ours = [process.execPath, bin, ...flags];
    const docker = await findDocker();
    try {
      await timeProcess(ours, { env });
      engine.settle();
      const writes = engine.writes.length;
      const name = 'tstack deploy, nothing changed';
      const theirs = 'docker stack deploy, nothing changed';
      const medians = await interleave(
        {
          [name]: () => timeProcess(ours, { env }),
        },
        rounds,
      );
      const written = engine.writes.length - writes;
      if (!docker) return [{ name: `${name} (${written} writes)`, ms: medians[name] }];
      const other = await interleave(
        {
          [theirs]: () => timeProcess([docker, 'stack', ...flags], { env }),
          [name]: () => timeProcess(ours, { env }),
        },
        Math.min(rounds, 3),
      );
      return [
        { name: theirs, ms: other[theirs] },
        {
          name: `${name} (${written} writes)`,
          ms: other[name],
          base: theirs,
          ratio: other[name] / other[theirs],
          limit: 0.2,
        },
      ];
    } finally {
      await proxy.close();
      await served.close();
    }
  },
};
