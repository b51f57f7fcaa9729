import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { EngineClient } from '../../src/engine/client.ts';
import type { NodeId } from '../../src/swarm/object.ts';
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
    const reachability = (): Promise<string> =>
      client.nodes.inspect(id).then((one) => one.ManagerStatus?.Reachability ?? 'worker', String);
    const pid = enginePid({ dir: second?.dir ?? '' }) ?? 0;
    expect(pid).toBeGreaterThan(0);
    try {
      await setRole('manager');
      await expect.poll(reachability, POLL).toBe('reachable');
      process.kill(pid, 'SIGSTOP');
      const refused = async (): Promise<string> => {
        const { code, stderr } = await deploy(`unix://${manager?.socket}`);
        return `exit ${code}: ${stderr}`;
      };
      await expect
        .poll(refused, POLL)
        .toMatch(/^exit 9: .*The swarm does not have a leader.*--force-new-cluster/s);
    } finally {
      process.kill(pid, 'SIGCONT');
      await setRole('worker');
      await expect.poll(reachability, POLL).toBe('worker');
      await expect.poll(() => touch(client, id), POLL).toBe('ok');
      client.close();
    }

    /** A change of managers disturbs the leader for a moment, so it is tried until it is taken. */
    async function setRole(Role: 'manager' | 'worker'): Promise<void> {
      const attempt = async (): Promise<string> => {
        const { Spec, Version } = await client.nodes.inspect(id);
        if (Spec.Role === Role) return Role;
        await client.nodes.update(id, { ...Spec, Role }, { version: Version.Index });
        return Role;
      };
      await expect.poll(() => attempt().catch(String), POLL).toBe(Role);
    }
  });
});

/** Whether the manager takes a write: the same spec again. */
async function touch(client: EngineClient, id: NodeId): Promise<string> {
  try {
    const { Spec, Version } = await client.nodes.inspect(id);
    await client.nodes.update(id, Spec, { version: Version.Index });
    return 'ok';
  } catch (error) {
    return String(error);
  }
}

const POLL = { timeout: 60_000, interval: 300 };
