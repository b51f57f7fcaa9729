import { Agent, get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSeededRandom } from '../../src/base/random.ts';
import { systemClock } from '../../src/host/system-clock.ts';
import { Ingress } from '../../src/ingress/ingress.ts';
import { createControl } from '../../src/orchestrator/control.ts';
import { Cluster } from '../../src/orchestrator/cluster.ts';
import type { Nanoseconds } from '../../src/swarm/object.ts';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import { aProcessRuntime, hasProc } from '../support/a-process-runtime.ts';
import { anIngressNetwork } from '../support/builders.ts';

/** Updates per order; the acceptance run sets 100. */
const UPDATES = Number(process.env['TSTACK_UPDATES'] ?? 3);
const REQUESTS_PER_SECOND = Number(process.env['TSTACK_REQUESTS_PER_SECOND'] ?? 100);

/** Answers after a few ms, and dies at once when it is told to stop: nothing is made easy. */
const SERVER = `require('http').createServer((request, response) => {
  setTimeout(() => response.end(process.env.VERSION), 5);
}).listen(process.env.PORT, process.env.HOST)`;

function aSpec(version: number, port: number, order: 'start-first' | 'stop-first'): ServiceSpec {
  return {
    Name: 'web',
    Labels: {},
    TaskTemplate: {
      ContainerSpec: {
        Image: 'web',
        Command: [process.execPath, '-e', SERVER],
        Env: [`VERSION=${version}`],
      },
      RestartPolicy: { Condition: 'any', Delay: 100e6 as Nanoseconds },
    },
    Mode: { Replicated: { Replicas: 3 } },
    UpdateConfig: { Parallelism: 1, Order: order, Monitor: 1e6 as Nanoseconds },
    EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: port, PublishMode: 'ingress' }] },
  };
}

/** A client that asks at a constant rate, whatever comes back. */
function startClient(port: number, agent: Agent) {
  const seen = { answers: 0, failures: [] as string[], versions: new Map<string, number>() };
  const open = new Set<Promise<void>>();
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const fail = (error: Error): void => {
        seen.failures.push(error.message);
        resolve();
      };
      get({ host: '127.0.0.1', port, agent }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('error', fail).on('end', () => {
          if (response.statusCode !== 200) seen.failures.push(`status ${response.statusCode}`);
          seen.answers += 1;
          seen.versions.set(body, (seen.versions.get(body) ?? 0) + 1);
          resolve();
        });
      }).on('error', fail);
    });
  const timer = setInterval(() => {
    const asked = ask();
    open.add(asked);
    void asked.finally(() => open.delete(asked));
  }, 1000 / REQUESTS_PER_SECOND);
  return {
    seen,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.runIf(hasProc).each(['start-first', 'stop-first'] as const)('%s', (order) => {
  test(`no request fails during ${UPDATES} rolling updates`, async () => {
    const port = await freePort();
    let ingress: Ingress | undefined;
    const runtime = aProcessRuntime({
      drain: (task, signal) => ingress?.drain(task, signal) ?? Promise.resolve(),
    });
    const random = createSeededRandom(7);
    const cluster = new Cluster({ clock: systemClock, random, executor: runtime.current() });
    ingress = new Ingress({
      store: cluster.store,
      clock: systemClock,
      findAddresses: (endpoint, protocol) => runtime.current().findAddresses(endpoint, protocol),
      publishAddresses: () => ['127.0.0.1'],
      canListenLow: false,
    });
    onTestFinished(() => {
      ingress?.stop();
      cluster.stop();
      runtime.dispose();
    });
    cluster.start();
    ingress.start();
    const description = { Hostname: 'one', Resources: { NanoCPUs: 4e9, MemoryBytes: 8e9 } };
    cluster.join({ role: 'manager', description, addr: '127.0.0.1' });
    const { store } = cluster;
    const control = createControl({ store, clock: systemClock, random });
    store.update('control', (tx) => tx.create('network', anIngressNetwork()));
    const { ID: id } = control.createService(aSpec(0, port, order));
    const runningOf = (version: number): number =>
      store.view
        .tasksByService(id)
        .filter((task) => task.Status.State === 'running' && task.DesiredState === 'running')
        .filter((task) => task.Spec.ContainerSpec?.Env?.includes(`VERSION=${version}`)).length;
    const until = (isTrue: () => boolean): Promise<void> =>
      expect.poll(isTrue, { timeout: 60_000, interval: 20 }).toBe(true);
    await until(() => runningOf(0) === 3);
    const clients = [
      startClient(port, new Agent({ keepAlive: true })),
      startClient(port, new Agent({ keepAlive: false })),
    ];
    for (let version = 1; version <= UPDATES; version += 1) {
      const { Version } = store.view.get('service', id) ?? { Version: { Index: 0 } };
      control.updateService(id, aSpec(version, port, order), { version: Version.Index });
      await until(() => runningOf(version) === 3);
    }
    await sleep(200);
    for (const client of clients) await client.stop();
    const answers = clients.reduce((sum, client) => sum + client.seen.answers, 0);
    const failures = clients.flatMap((client) => client.seen.failures);
    console.log(`${order}: ${UPDATES} updates, ${answers} answers, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(UPDATES * 10);
    expect(clients[0]?.seen.versions.size).toBeGreaterThan(UPDATES / 2);
  }, 3_600_000);
});
