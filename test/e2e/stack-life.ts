import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EngineClient } from '../../src/engine/client.ts';
import type { Task } from '../../src/swarm/task.ts';
import { connectTo } from '../support/connect-to.ts';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { textsOfCluster, textsOfProcesses } from '../support/seen-texts.ts';
import { runTstack, startTstack, type Ended, type Running } from '../support/run-tstack.ts';

/** A cluster that `tstack` is run against, as its user would: the built command, as a process. */
export interface ClusterTarget {
  readonly name: string;
  /** Path of the unix socket of a manager. */
  readonly socket: string;
  /** An image with busybox in it, on every node. */
  readonly image: string;
  /** Hostnames of all nodes that run tasks. */
  readonly nodes: readonly string[];
  /** Files the cluster's daemons log to. */
  readonly logs?: readonly string[];
}

/** What a test works with; every stack it deploys is removed after it. */
interface Bench {
  readonly client: EngineClient;
  readonly proxy: RecordingProxy;
  readonly file: (text: string) => string;
  readonly tstack: (...args: readonly string[]) => Promise<Ended>;
  readonly start: (...args: readonly string[]) => Running;
  /** Running tasks of a service (`demo_web`), sorted by id. */
  readonly running: (service: string) => Promise<readonly Task[]>;
}

const STACK = 'demo';

interface WebOptions {
  readonly replicas?: number;
  readonly version?: string;
  readonly command?: string;
  readonly failureAction?: string;
  /** `deploy` of the second service. */
  readonly agent?: string;
  /** A third service, whole. */
  readonly more?: string;
}

/** Two services, a config and a secret; on the host network, because overlays are slow to make. */
function webStack(target: ClusterTarget, options: WebOptions = {}): string {
  const { replicas = 2, version = '1', command = '["sleep", "3600"]' } = options;
  const { failureAction = 'pause', agent = 'replicas: 1', more = '' } = options;
  return `version: "3.8"
services:
  web:
    image: ${target.image}
    command: ${command}
    stop_grace_period: 1s
    environment: { VERSION: "${version}" }
    configs: [settings]
    secrets: [password]
    deploy:
      replicas: ${replicas}
      restart_policy: { condition: any, delay: 500ms }
      update_config: { parallelism: 0, monitor: 2s, failure_action: ${failureAction} }
      rollback_config: { parallelism: 0, monitor: 1s }
  agent:
    image: ${target.image}
    command: ["sleep", "3600"]
    stop_grace_period: 1s
    deploy:
      update_config: { monitor: 1s }
      ${agent}
${more}
networks:
  default: { external: true, name: host }
configs:
  settings: { file: ./settings.txt }
secrets:
  password: { file: ./password.txt }
`;
}

/** The same with a global service and an overlay network of its own: everything a stack can hold. */
function wholeStack(target: ClusterTarget): string {
  return webStack(target, { agent: 'mode: global' }).replace(
    'default: { external: true, name: host }',
    'default: {}',
  );
}

const NOWHERE = 'placement: { constraints: [node.labels.no == where] }';

const EXIT = {
  ok: 0,
  preflight: 4,
  paused: 5,
  rolledBack: 6,
  timeout: 7,
  interrupted: 130,
} as const;

/** The life of a stack from its user's side; the same against every cluster. */
export function describeStackLife(target: ClusterTarget): void {
  describe(`the life of a stack on ${target.name}`, () => {
    let dir = '';
    let bench: Bench;

    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), 'stack-life-'));
      writeFileSync(join(dir, 'settings.txt'), 'colour=green\n');
      writeFileSync(join(dir, 'password.txt'), 'hunter2');
      bench = await openBench(target, dir);
    });
    afterEach(async () => {
      bench.proxy.judge = () => 'pass';
      bench.proxy.requests.length = 0;
      const { code, stderr } = await bench.tstack('rm', STACK);
      expect(code, stderr).toBe(EXIT.ok);
      bench.proxy.requests.length = 0;
    });
    afterAll(async () => {
      bench.client.close();
      await bench.proxy.close();
      rmSync(dir, { recursive: true });
    });

    const deploy = (text: string, ...flags: readonly string[]): Promise<Ended> =>
      bench.tstack('deploy', '-c', bench.file(text), ...flags, STACK);

    const deployWell = async (text: string, ...flags: readonly string[]): Promise<Ended> => {
      const ended = await deploy(text, ...flags);
      expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(EXIT.ok);
      return ended;
    };

    test('deploys to every node, and lists what it deployed', async () => {
      await deployWell(wholeStack(target));
      const tasks = await bench.running('demo_agent');
      expect(new Set(tasks.map((one) => one.NodeID)).size).toBe(target.nodes.length);
      expect(await bench.running('demo_web')).toHaveLength(2);
      const ls = await bench.tstack('ls', '--format', '{{.Name}} {{.Services}}');
      expect(ls.stdout).toBe('demo 2\n');
      const services = await bench.tstack(
        'services',
        '--format',
        '{{.Name}} {{.Mode}} {{.Replicas}}',
        STACK,
      );
      const count = target.nodes.length;
      expect(services.stdout).toBe(
        `demo_agent global ${count}/${count}\ndemo_web replicated 2/2\n`,
      );
      const ps = await bench.tstack(
        'ps',
        '--filter',
        'desired-state=running',
        '--format',
        '{{.Name}} {{.Node}}',
        STACK,
      );
      expect(ps.stdout.trim().split('\n')).toHaveLength(2 + count);
      for (const node of target.nodes) expect(ps.stdout).toContain(` ${node}\n`);
      expect((await bench.tstack('ps', STACK)).stdout).toMatch(
        /^ID +NAME +IMAGE +NODE +DESIRED STATE/,
      );
    });

    test('writes nothing when nothing changed', async () => {
      await deployWell(webStack(target));
      const before = await bench.running('demo_web');
      bench.proxy.requests.length = 0;
      await deployWell(webStack(target));
      expect(bench.proxy.writes()).toEqual([]);
      expect(idsOf(await bench.running('demo_web'))).toEqual(idsOf(before));
    });

    test('a change updates the changed service and leaves the others alone', async () => {
      await deployWell(webStack(target));
      const agents = await bench.running('demo_agent');
      const [web] = await bench.client.services.list({ filters: { name: ['demo_web'] } });
      bench.proxy.requests.length = 0;
      await deployWell(webStack(target, { version: '2' }));
      expect(bench.proxy.writes()).toEqual([`POST /services/${web?.ID}/update`]);
      expect(idsOf(await bench.running('demo_agent'))).toEqual(idsOf(agents));
      for (const task of await bench.running('demo_web')) {
        expect(task.Spec.ContainerSpec?.Env).toEqual(['VERSION=2']);
      }
    });

    test('scaling by file starts tasks and restarts none', async () => {
      await deployWell(webStack(target));
      const before = idsOf(await bench.running('demo_web'));
      await deployWell(webStack(target, { replicas: 4 }));
      const after = idsOf(await bench.running('demo_web'));
      expect(after).toHaveLength(4);
      expect(after).toEqual(expect.arrayContaining([...before]));
      await deployWell(webStack(target, { replicas: 1 }));
      expect(await bench.running('demo_web')).toHaveLength(1);
    });

    test.each([
      ['pause', EXIT.paused, 'paused'],
      ['rollback', EXIT.rolledBack, 'rollback_completed'],
    ])('a failing update with failure_action %s exits %i', async (failureAction, code, state) => {
      await deployWell(webStack(target, { failureAction }));
      const bad = { failureAction, version: 'bad', command: '["false"]' };
      const ended = await deploy(webStack(target, bad));
      expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(code);
      expect(`${ended.stdout}${ended.stderr}`).toContain('demo_web');
      expect(`${ended.stdout}${ended.stderr}`).toMatch(/non-zero exit \(1\)/);
      const service = await bench.client.services.inspect('demo_web');
      expect(service.UpdateStatus?.State).toBe(state);
    });

    test('a file is checked whole before the first write', async () => {
      const { code, stderr } = await deploy(
        'services:\n  web:\n    imag: x\n  b:\n    image: y\n    ports: ["x:y"]\n',
      );
      expect(code).toBe(3);
      expect(stderr).toContain('imag');
      expect(bench.proxy.writes()).toEqual([]);
    });

    test('a service nobody can run is refused before the first write', async () => {
      const { code, stderr } = await deploy(webStack(target, { agent: NOWHERE }));
      expect(code, stderr).toBe(EXIT.preflight);
      expect(stderr).toMatch(/service demo_agent: no node can take its tasks/);
      expect(bench.proxy.writes()).toEqual([]);
    });

    test('with --force it times out with exit 7 and says why', async () => {
      const nowhere = webStack(target, { agent: NOWHERE });
      const ended = await deploy(nowhere, '--force', '--timeout', '5s');
      expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(EXIT.timeout);
      expect(`${ended.stdout}${ended.stderr}`).toMatch(/no suitable node/);
    });

    test('--prune removes what the file dropped, and nothing goes without it', async () => {
      const extra = `  extra:\n    image: ${target.image}\n    command: [sleep, "3600"]\n    stop_grace_period: 1s\n    deploy: { update_config: { monitor: 1s } }`;
      await deployWell(webStack(target, { more: extra }));
      await deployWell(webStack(target));
      expect(await bench.running('demo_extra')).toHaveLength(1);
      bench.proxy.requests.length = 0;
      await deployWell(webStack(target), '--prune');
      expect(bench.proxy.writes().filter((one) => one.startsWith('DELETE'))).toHaveLength(1);
      await expect(bench.client.services.inspect('demo_extra')).rejects.toMatchObject({
        kind: 'not-found',
      });
      expect(await bench.running('demo_web')).toHaveLength(2);
    });

    test('rm leaves nothing behind', async () => {
      await deployWell(wholeStack(target), '--detach');
      const { code } = await bench.tstack('rm', STACK);
      expect(code).toBe(EXIT.ok);
      const query = { filters: { label: [`com.docker.stack.namespace=${STACK}`] } };
      for (const kind of ['services', 'tasks', 'networks', 'secrets', 'configs'] as const) {
        expect(await bench.client[kind].list(query), kind).toEqual([]);
      }
      const again = await bench.tstack('rm', STACK);
      expect(again.code).toBe(EXIT.ok);
      expect(again.stderr).toContain(`Nothing found in stack: ${STACK}`);
    });

    test('Ctrl-C ends the wait with exit 130 and says what state it left', async () => {
      const nowhere = webStack(target, { agent: NOWHERE });
      const running = bench.start('deploy', '--force', '-c', bench.file(nowhere), STACK);
      await running.prints(/demo_agent.*no suitable node/s);
      running.child.kill('SIGINT');
      const ended = await running.ended;
      expect(ended.code, `${ended.stdout}\n${ended.stderr}`).toBe(EXIT.interrupted);
      expect(ended.stderr).toMatch(/demo/);
    });

    test('a deploy cut off between any two writes is repaired by the next one', async () => {
      let cuts = 0;
      for (let isCut = true; isCut;) {
        isCut = false;
        let seen = 0;
        // The first write of each run goes through, so every run meets the cut one write later.
        bench.proxy.judge = ({ method }) => {
          if (method === 'GET' || method === 'HEAD') return 'pass';
          seen += 1;
          if (seen === 1) return 'pass';
          isCut = true;
          return cuts % 2 === 0 ? 'drop' : 'lose-answer';
        };
        const { code, stdout, stderr } = await deploy(
          webStack(target, { replicas: 1 }),
          '--detach',
        );
        expect(code === EXIT.ok, `${cuts} cuts: ${code}\n${stdout}\n${stderr}`).toBe(!isCut);
        cuts += 1;
      }
      expect(cuts).toBeGreaterThan(1);
      bench.proxy.judge = () => 'pass';
      await deployWell(webStack(target, { replicas: 1 }));
      expect(await bench.running('demo_web')).toHaveLength(1);
      bench.proxy.requests.length = 0;
      await deployWell(webStack(target, { replicas: 1 }));
      expect(bench.proxy.writes()).toEqual([]);
    });

    test('a secret shows nowhere: outputs, plans, revisions, a journal, labels, processes, logs', async () => {
      const file = bench.file(webStack(target));
      const deployed = ['deploy', '--history', 'cluster', '--progress', 'json', '-c', file, STACK];
      bench.proxy.judge = ({ path }) => {
        if (path !== '/services/create') return 'pass';
        cut.child.kill('SIGKILL');
        return 'drop';
      };
      const cut = bench.start(...deployed);
      const texts = await textsOfProcesses(cut);
      bench.proxy.judge = () => 'pass';
      texts.push(...(await textsOfCluster(bench.client)));
      expect(texts.join('\n')).toContain('"outcome":"interrupted"');
      const running = bench.start(...deployed, '--ci', 'github');
      texts.push(...(await textsOfProcesses(running)));
      for (const args of [
        ['config', '-c', file],
        ['plan', '--out', 'canary.plan', '--format', 'json', '-c', file, STACK],
        ['history', STACK, '1'],
        ['logs', '--tail', '5', STACK],
        ['adopt', STACK],
      ]) {
        const { stdout, stderr } = await bench.tstack(...args);
        texts.push(stdout, stderr);
      }
      texts.push(readFileSync(join(dir, 'canary.plan'), 'utf8'));
      texts.push(...(await textsOfCluster(bench.client)));
      texts.push(...(target.logs ?? []).map((log) => readFileSync(log, 'utf8')));
      for (const canary of ['hunter2', Buffer.from('hunter2').toString('base64')]) {
        expect(texts.filter((text) => text.includes(canary))).toEqual([]);
      }
    });
  });
}

async function openBench(target: ClusterTarget, dir: string): Promise<Bench> {
  const client = await connectTo(`unix://${target.socket}`);
  const proxy = await startRecordingProxy(join(dir, 'p.sock'), target.socket);
  const env = { DOCKER_HOST: proxy.host, TSTACK_RESOLVE_IMAGE: 'never' };
  let files = 0;
  return {
    client,
    proxy,
    file(text) {
      files += 1;
      writeFileSync(join(dir, `stack-${files}.yml`), text);
      return `stack-${files}.yml`;
    },
    tstack: (...args) => runTstack(args, { env, cwd: dir }),
    start: (...args) => startTstack(args, { env, cwd: dir }),
    async running(service) {
      const tasks = await client.tasks.list({
        filters: { service: [service], 'desired-state': ['running'] },
      });
      return tasks
        .filter((one) => one.Status.State === 'running')
        .toSorted((a, b) => (a.ID < b.ID ? -1 : 1));
    },
  };
}

function idsOf(tasks: readonly Task[]): readonly string[] {
  return tasks.map((one) => one.ID);
}
