import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { EngineClient } from '../../src/engine/client.ts';
import { connectTo } from '../support/connect-to.ts';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { runProgram, runTstack, type Ended } from '../support/run-tstack.ts';

const offer = inject('swarmLab');

/** Everything that docker and tstack could translate differently, and that an update would restart for. */
const STACK_FILE = `version: "3.8"
services:
  web:
    image: busybox:latest
    command: sleep 3600
    stop_grace_period: 1500ms
    stop_signal: SIGKILL
    hostname: "w-{{.Task.Slot}}"
    environment: [B=2, A=1, EMPTY=]
    labels: { z: "1", a: "2" }
    ports: ["18080:80", { target: 81, published: 18081, mode: host }]
    networks:
      back: { aliases: [db, www] }
      default: {}
    volumes: ["data:/data", { type: tmpfs, target: /scratch, tmpfs: { size: 1000000 } }]
    configs: [{ source: settings, target: /etc/settings, mode: 0440 }]
    secrets: [password]
    healthcheck: { test: "true", interval: 1500ms, retries: 2, start_period: 5s }
    ulimits: { nofile: { soft: 1000, hard: 2000 } }
    dns: [10.77.0.1]
    extra_hosts: ["db:10.0.0.9"]
    cap_drop: [NET_RAW]
    logging: { driver: json-file, options: { max-size: 1m } }
    deploy:
      replicas: 2
      labels: { tier: front }
      resources: { limits: { cpus: "0.5", memory: 64M }, reservations: { memory: 16M } }
      placement: { constraints: [node.platform.os == linux], preferences: [{ spread: node.id }] }
      restart_policy: { condition: on-failure, delay: 1s, max_attempts: 3, window: 2m }
      update_config: { parallelism: 2, delay: 1s, monitor: 1s, order: start-first, max_failure_ratio: 0.25 }
      rollback_config: { parallelism: 0, failure_action: pause }
  plain:
    image: busybox
    command: ["sleep", "3600"]
    stop_grace_period: 1s
  every:
    image: busybox:latest
    command: ["sleep", "3600"]
    stop_grace_period: 1s
    deploy: { mode: global, endpoint_mode: dnsrr }
networks:
  back: { driver_opts: { a: "b" }, labels: [x=y], internal: true }
volumes:
  data: { labels: { keep: "yes" } }
configs:
  settings: { file: ./settings.txt }
secrets:
  password: { file: ./password.txt }
`;

describe.skipIf(offer.kind === 'none')('taking over a stack', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  const manager = lab.nodes[0]?.socket ?? '';
  let dir = '';
  let client: EngineClient;
  let proxy: RecordingProxy;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'takeover-'));
    writeFileSync(join(dir, 'stack.yml'), STACK_FILE);
    writeFileSync(join(dir, 'settings.txt'), 'colour=green\n');
    writeFileSync(join(dir, 'password.txt'), 'hunter2');
    client = await connectTo(`unix://${manager}`);
    proxy = await startRecordingProxy(join(dir, 'p.sock'), manager);
  });
  afterEach(async () => {
    expect((await tstack('rm', 'shop')).code).toBe(0);
  });
  afterAll(async () => {
    client.close();
    await proxy.close();
    rmSync(dir, { recursive: true });
  });

  const env = (): Record<string, string> => ({ DOCKER_HOST: proxy.host, DOCKER_CONFIG: dir });
  const tstack = (...args: readonly string[]): Promise<Ended> =>
    runTstack(args, { env: { ...env(), TSTACK_RESOLVE_IMAGE: 'never' }, cwd: dir });
  const deployByDocker = async (): Promise<void> => {
    const args = ['stack', 'deploy', '--resolve-image', 'never', '-c', 'stack.yml', 'shop'];
    const { code, stderr } = await runProgram('docker', args, { env: env(), cwd: dir });
    expect(code, stderr).toBe(0);
  };
  const deployByTstack = async (): Promise<Ended> => {
    const ended = await tstack('deploy', '-c', 'stack.yml', 'shop');
    expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(0);
    return ended;
  };
  /** Ids of all tasks ever made, so that a restart shows however short it was. */
  const taskIds = async (): Promise<readonly string[]> => {
    const filters = { label: ['com.docker.stack.namespace=shop'] };
    const tasks = await client.tasks.list({ filters });
    return tasks.map((one) => `${one.ID} ${one.DesiredState}`).toSorted();
  };

  test('from the docker command: the second tstack deploy writes nothing and restarts nothing', async () => {
    await deployByDocker();
    await deployByTstack();
    const before = await taskIds();
    proxy.requests.length = 0;
    await deployByTstack();
    expect(await taskIds()).toEqual(before);
    expect(proxy.writes()).toEqual([]);
  });

  test('the very first tstack deploy after docker starts and stops no task', async () => {
    await deployByDocker();
    await settled();
    const before = await taskIds();
    await deployByTstack();
    expect(await taskIds()).toEqual(before);
  });

  test('to the docker command: it restarts nothing', async () => {
    await deployByTstack();
    const before = await taskIds();
    await deployByDocker();
    await settled();
    expect(await taskIds()).toEqual(before);
    const states = (await client.services.list({})).map((one) => one.UpdateStatus?.State);
    expect(states).toEqual(states.map(() => undefined));
  });

  /** Waits until every task that should run runs. */
  async function settled(): Promise<void> {
    await expect
      .poll(
        async () => {
          const filters = {
            label: ['com.docker.stack.namespace=shop'],
            'desired-state': ['running'],
          };
          const states = (await client.tasks.list({ filters })).map((one) => one.Status.State);
          return states.length > 0 && states.every((one) => one === 'running');
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe(true);
  }
});
