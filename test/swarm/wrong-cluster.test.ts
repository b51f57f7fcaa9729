import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectTo } from '../support/connect-to.ts';
import { runTstack, type Ended } from '../support/run-tstack.ts';
import { enginePid } from '../support/swarm-lab.ts';

const offer = inject('swarmLab');

describe.skipIf(offer.kind === 'none')('a cluster that cannot serve', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  const [manager, second] = lab.nodes;
  let dir = '';

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'wrong-'));
    writeFileSync(join(dir, 'stack.yml'), `services: { web: { image: ${lab.image} } }\n`);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const tstack = (host: string, ...args: readonly string[]): Promise<Ended> =>
    runTstack(args, { env: { DOCKER_HOST: host }, cwd: dir });
  const deploy = (host: string): Promise<Ended> => tstack(host, 'deploy', '-c', 'stack.yml', 'x');

  test('nothing answers', async () => {
    for (const args of [['deploy', '-c', 'stack.yml', 'x'], ['ls'], ['ps', 'x'], ['rm', 'x']]) {
      const { code, stderr } = await tstack(`unix://${dir}/no.sock`, ...args);
      expect(code, args.join(' ')).toBe(9);
      expect(stderr).toContain(
        `failed to connect to the docker API at unix://${dir}/no.sock; check if the path is correct and if the daemon is running: dial unix`,
      );
      expect(stderr).toContain('DOCKER_HOST');
    }
  });

  test('an engine outside any Swarm', async () => {
    const { code, stderr } = await deploy(`unix://${lab.outside.socket}`);
    expect(code).toBe(9);
    expect(stderr).toContain('docker swarm init');
    expect((await tstack(`unix://${lab.outside.socket}`, 'ls')).code).toBe(9);
  });

  test('a worker', async () => {
    const { code, stderr } = await deploy(`unix://${second?.socket}`);
    expect(code).toBe(9);
    expect(stderr).toContain("Worker nodes can't be used to view or modify cluster state");
  });

  test('a manager without quorum', async () => {
    const client = await connectTo(`unix://${manager?.socket}`);
    const id = (await client.nodes.inspect(second?.name ?? '')).ID;
    await setRole(id, 'manager');
    await expect
      .poll(
        () => client.nodes.inspect(id).then((node) => node.ManagerStatus?.Reachability, String),
        POLL,
      )
      .toBe('reachable');
    const pid = enginePid({ dir: second?.dir ?? '' }) ?? 0;
    expect(pid).toBeGreaterThan(0);
    process.kill(pid, 'SIGSTOP');
    try {
      await expect.poll(async () => (await deploy(`unix://${manager?.socket}`)).code, POLL).toBe(9);
      const { stderr } = await deploy(`unix://${manager?.socket}`);
      expect(stderr).toContain('The swarm does not have a leader');
      expect(stderr).toContain('--force-new-cluster');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await expect
      .poll(
        () =>
          client.nodes.list({}).then(
            (nodes) => nodes.length,
            () => 0,
          ),
        POLL,
      )
      .toBe(lab.nodes.length);
    await setRole(id, 'worker');
    await expect
      .poll(
        () =>
          client.nodes
            .inspect(id)
            .then((node) => node.ManagerStatus?.Reachability ?? 'worker', String),
        POLL,
      )
      .toBe('worker');
    client.close();

    /** A change of managers disturbs the leader for a moment, so it is tried until it is taken. */
    async function setRole(node: typeof id, Role: 'manager' | 'worker'): Promise<void> {
      const attempt = async (): Promise<string> => {
        const { Spec, Version } = await client.nodes.inspect(node);
        if (Spec.Role === Role) return Role;
        await client.nodes.update(node, { ...Spec, Role }, { version: Version.Index });
        return Role;
      };
      await expect.poll(() => attempt().catch(String), POLL).toBe(Role);
    }
  });
});

const POLL = { timeout: 60_000, interval: 300 };
