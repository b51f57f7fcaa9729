import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { connectContainerEngine } from '../../src/engine/container-client.ts';
import type { ContainerEngine } from '../../src/engine/containers.ts';
import { systemClock } from '../../src/host/system-clock.ts';
import {
  createContainerRuntime,
  type ContainerRuntime,
} from '../../src/runtimes/container/container-runtime.ts';
import type { Nanoseconds } from '../../src/swarm/object.ts';
import type { ContainerSpec, Healthcheck } from '../../src/swarm/service.ts';
import { anAssignment } from './an-assignment.ts';
import { transportTo } from './connect-to.ts';
import { describeRuntimeContract, runStep, type Part } from './runtime-contract.ts';

const ms = (count: number): Nanoseconds => (count * 1e6) as Nanoseconds;
const check = (command: string): Healthcheck => ({
  Test: ['CMD-SHELL', command],
  Interval: ms(200),
  Timeout: ms(5000),
  Retries: 2,
});

const STOPPABLE = 'trap "exit 143" TERM; while :; do sleep 0.1; done';

const SPECS: Readonly<Record<Part, ContainerSpec>> = {
  'runs until stopped': { Command: ['sh', '-c', STOPPABLE] },
  'ignores the stop signal': { Command: ['sleep', '1000'], StopGracePeriod: ms(1000) },
  'exits with 0': { Command: ['true'] },
  'exits with 3': { Command: ['sh', '-c'], Args: ['exit 3'] },
  'becomes healthy': { Command: ['sh', '-c', STOPPABLE], Healthcheck: check('true') },
  'becomes unhealthy': { Command: ['sh', '-c', STOPPABLE], Healthcheck: check('false') },
  'cannot be started': { Command: ['no-such-program-anywhere'] },
  'prints three lines and exits': {
    Command: ['sh', '-c', 'echo one; echo problem >&2; echo two'],
  },
};

/**
 * The contract on a real engine.
 * @param socket - absolute path
 * @param image - in the engine, with a shell
 */
export function describeContainerRuntime(name: string, socket: string, image: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'tstack-containers-'));
  let engine: ContainerEngine;
  let runtime: ContainerRuntime;
  const create = (): ContainerRuntime =>
    createContainerRuntime({ clock: systemClock, engine, stateDirectory: directory });
  beforeAll(async () => {
    engine = await connectContainerEngine(transportTo(`unix://${socket}`));
    runtime = create();
  });
  const containersOf = async (task: string): Promise<readonly string[]> => {
    const label = [`com.docker.swarm.task.id=${task}`];
    const found = await engine.list({ label });
    const files = join(directory, 'files', task);
    return [...found.map((one) => one.Id), ...(existsSync(files) ? [files] : [])];
  };
  describeRuntimeContract(name, () => ({
    executor: () => runtime,
    nextLife: () => {
      runtime.close();
      runtime = create();
    },
    aTaskThat: (part) => anAssignment({ Image: image, ...SPECS[part] }),
    settle: (work) => work,
    remainsOf: async ({ ID }) => {
      const files = join(directory, 'files', ID);
      return (await containersOf(ID)).filter((one) => one !== files || existsSync(files));
    },
    hasLogs: true,
    dispose: async () => {
      for (const { Id } of await engine.list({ label: ['io.tstack.cluster'] })) {
        await engine.remove(Id);
      }
      runtime.close();
      engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  }));

  test("an image that is nowhere is refused with the engine's words", async () => {
    const controller = runtime.createController(anAssignment({ Image: 'no-such-image:1' }));
    expect(await runStep(controller.prepare)).toEqual({
      kind: 'failed',
      error: 'No such image: no-such-image:1',
    });
    await runStep(controller.remove);
  });

  test('secrets, limits, user and names arrive in the container', async () => {
    const secret = { Name: 'password', UID: '0', GID: '0', Mode: 0o444 };
    const assignment = anAssignment(
      {
        Image: image,
        Command: ['sh', '-c', 'cat /run/secrets/password; echo; echo $GREETING; sleep 1000'],
        Env: ['GREETING=hello'],
        User: '1000:1000',
        ReadOnly: true,
        Init: true,
        Ulimits: [{ Name: 'nofile', Soft: 64, Hard: 128 }],
        Secrets: [{ File: secret, SecretID: 'x' as never, SecretName: 'password' }],
      },
      {
        files: [
          { kind: 'secret', id: 'x', name: 'password', file: secret, data: btoa('open sesame') },
        ],
        template: { Resources: { Limits: { MemoryBytes: 64 * 2 ** 20, NanoCPUs: 5e8, Pids: 50 } } },
      },
    );
    const controller = runtime.createController(assignment);
    await runStep(controller.prepare);
    expect(await runStep(controller.start)).toMatchObject({ kind: 'done' });
    const lines: string[] = [];
    const query = { stdout: true, stderr: true, follow: true };
    for await (const { data } of runtime.readLogs(assignment.task, query)) {
      lines.push(new TextDecoder().decode(data).trim());
      if (lines.length === 2) break;
    }
    expect(lines).toEqual(['open sesame', 'hello']);
    const [id = ''] = await containersOf(assignment.task.ID);
    const inspected = JSON.parse(
      execFileSync('docker', ['-H', `unix://${socket}`, 'inspect', id], { encoding: 'utf8' }),
    )[0];
    expect(inspected.HostConfig).toMatchObject({
      Memory: 64 * 2 ** 20,
      NanoCpus: 5e8,
      PidsLimit: 50,
      ReadonlyRootfs: true,
      Init: true,
      RestartPolicy: { Name: 'no' },
    });
    expect(inspected.Name).toBe(`/web.1.${assignment.task.ID}`);
    await runStep(controller.remove);
  });
}
