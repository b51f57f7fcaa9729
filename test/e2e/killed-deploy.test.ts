import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalSpec } from '../../src/plan/canonical-spec.ts';
import type { EngineClient } from '../../src/engine/client.ts';
import { connectTo } from '../support/connect-to.ts';
import { createEmbeddedCluster } from '../support/embedded-cluster.ts';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { runTstack, startTstack, type Ended } from '../support/run-tstack.ts';

/** How many of the requests are tried without TSTACK_KILLS=all. */
const SAMPLES = 5;
const STACK = 'twenty';
const KEYS = ['a', 'b', 'c', 'd'];

/** Twenty objects of a stack: four networks, secrets and configs, eight services. */
function twenty(): string {
  const objects = (make: (key: string) => object): object =>
    Object.fromEntries(KEYS.map((key) => [key, make(key)]));
  const service = (more: object): object => ({
    image: 'busybox:latest',
    command: ['sleep', '3600'],
    stop_grace_period: '1s',
    deploy: { replicas: 0 },
    ...more,
  });
  return JSON.stringify({
    name: STACK,
    services: Object.fromEntries(
      KEYS.flatMap((key) => [
        [`${key}1`, service({ networks: [key], secrets: [key] })],
        [`${key}2`, service({ networks: [key], configs: [key] })],
      ]),
    ),
    networks: objects(() => ({})),
    secrets: objects((key) => ({ file: `./secret-${key}` })),
    configs: objects((key) => ({ content: `config ${key}` })),
  });
}

/** Every object of the cluster that has to do with the stack, by what it says. */
async function objectsOf(client: EngineClient): Promise<readonly string[]> {
  const [services, networks, secrets, configs] = await Promise.all([
    client.services.list({}),
    client.networks.list({}),
    client.secrets.list({}),
    client.configs.list({}),
  ]);
  const names = new Map<string, string>(networks.map((one) => [one.Id, one.Name]));
  return [
    ...services.map(({ Spec }) =>
      JSON.stringify(canonicalSpec(Spec, names)).replaceAll(/"(Secret|Config)ID":"[^"]*"/g, ''),
    ),
    ...networks.filter((one) => one.Name.startsWith(STACK)).map((one) => `network ${one.Name}`),
    ...secrets.map(({ Spec }) => `secret ${Spec.Name}`),
    // Revisions stay, that of the killed deploy too; a lock or a journal would be one more.
    ...configs
      .filter(({ Spec }) => !/^r\d+$/.test(Spec.Labels?.['io.tstack.record'] ?? ''))
      .map(({ Spec }) => `config ${Spec.Name}`),
  ].sort();
}

interface Scene {
  readonly client: EngineClient;
  readonly proxy: RecordingProxy;
  readonly tstack: (...args: readonly string[]) => Promise<Ended>;
  /** Runs a command and kills its process at its request number `at`; whether there was one. */
  readonly killAt: (command: readonly string[], at: number) => Promise<boolean>;
}

describe.skipIf(process.platform !== 'linux')('a deploy of twenty objects, killed', () => {
  const cluster = createEmbeddedCluster();
  const dir = mkdtempSync(join(tmpdir(), 'killed-deploy-'));
  let scene: Scene;

  beforeAll(async () => {
    await cluster.start('--nodes', '1m', '--runtime', 'process');
    scene = await openScene(dir, cluster.socket);
  }, 60_000);
  afterAll(async () => {
    scene.client.close();
    await scene.proxy.close();
    await cluster.destroy();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each(['local', 'cluster'] as const)(
    'is repaired by one command, wherever it was cut (history: %s)',
    { timeout: 3_600_000 },
    async (history) => {
      const deploy = ['deploy', '--history', history, '-c', 'stack.yml', STACK];
      const clean = async (): Promise<void> => {
        const { code, stderr } = await scene.tstack('rm', STACK);
        expect(code, stderr).toBe(0);
        rmSync(join(dir, 'state'), { recursive: true, force: true });
      };
      const seen = scene.proxy.requests.length;
      expect((await scene.tstack(...deploy)).code).toBe(0);
      const total = scene.proxy.requests.length - seen;
      const wanted = await objectsOf(scene.client);
      expect(wanted.length).toBeGreaterThanOrEqual(20);
      await clean();
      const failures: string[] = [];
      let cuts = 0;
      for (const at of requestsToCut(total)) {
        if (!(await scene.killAt(deploy, at))) continue;
        cuts += 1;
        const repair = await scene.tstack(...deploy);
        const left = await objectsOf(scene.client);
        if (repair.code !== 0 || JSON.stringify(left) !== JSON.stringify(wanted)) {
          failures.push(`request ${at} → ${repair.code}\n${repair.stderr}\n${left.join('\n')}`);
        }
        await clean();
      }
      console.info(`${history}: killed at ${cuts} of ${total} requests`);
      expect(cuts).toBeGreaterThanOrEqual(SAMPLES - 1);
      expect(failures).toEqual([]);
    },
  );
});

/** All of them with TSTACK_KILLS=all, else some, spread over the whole deploy. */
function requestsToCut(total: number): readonly number[] {
  if (process.env['TSTACK_KILLS'] === 'all') return Array.from({ length: total }, (_, at) => at);
  const step = total / SAMPLES;
  return Array.from({ length: SAMPLES }, (_, index) => Math.floor(index * step));
}

async function openScene(dir: string, socket: string): Promise<Scene> {
  for (const key of KEYS) writeFileSync(join(dir, `secret-${key}`), `hush ${key}`);
  writeFileSync(join(dir, 'stack.yml'), twenty());
  const client = await connectTo(`unix://${socket}`);
  const proxy = await startRecordingProxy(join(dir, 'p.sock'), socket);
  const env = {
    DOCKER_HOST: proxy.host,
    TSTACK_RESOLVE_IMAGE: 'never',
    HOME: dir,
    XDG_STATE_HOME: join(dir, 'state'),
  };
  return {
    client,
    proxy,
    tstack: (...args) => runTstack(args, { env, cwd: dir }),
    async killAt(command, at) {
      const first = proxy.requests.length;
      let isCut = false;
      const running = startTstack(command, { env, cwd: dir });
      proxy.judge = (_request, index) => {
        if (isCut) return 'drop';
        if (index < first + at) return 'pass';
        isCut = true;
        running.child.kill('SIGKILL');
        return at % 3 === 0 ? 'drop' : 'lose-answer';
      };
      await running.ended;
      proxy.judge = () => 'pass';
      return isCut;
    },
  };
}
