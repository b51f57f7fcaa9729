import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeEngine } from '../support/fake-engine-client.ts';
import { runProgram, runTstack, startTstack } from '../support/run-tstack.ts';
import { serveFakeEngine, type FakeEngineServer } from '../support/fake-engine-server.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PLUGIN = join(ROOT, 'bin/docker-tstack.js');
const folder = mkdtempSync(join(tmpdir(), 'tstack-e2e-'));
const file = join(folder, 'stack.yml');
const engine = new FakeEngine();
let served: FakeEngineServer;
const socket = join(folder, 'engine.sock');
let env: Record<string, string>;

beforeAll(async () => {
  writeFileSync(file, 'services:\n  web: { image: "nginx:${TAG:-1}", deploy: { replicas: 2 } }\n');
  served = await serveFakeEngine(socket, engine.client);
  env = { DOCKER_HOST: `unix://${socket}`, HOME: folder, DOCKER_CONFIG: folder };
});

afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the built command', () => {
  test('says its version', async () => {
    expect(await runTstack(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^tstack \d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });

  test('prints the meaning of a file', async () => {
    const { code, stdout } = await runTstack(['config', '-c', file], { env: { TAG: '2' } });
    expect(code).toBe(0);
    expect(stdout).toContain('image: nginx:2');
    const json = await runTstack(['config', '-c', '-', '--format', 'json'], {
      stdin: 'services: { a: { image: x } }',
    });
    expect(JSON.parse(json.stdout)).toMatchObject({ services: { a: { image: 'x' } } });
  });

  test('reports every problem of a file with its place, exit 3', async () => {
    const stdin = 'services:\n  web:\n    image: x\n    helthcheck: {}\n';
    const { code, stdout, stderr } = await runTstack(['config', '-c', '-'], { stdin });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/<stdin>:4:5: .*helthcheck/);
  });

  test('deploys, lists and removes a stack', async () => {
    const deploy = await runTstack(['deploy', '-d', '-c', file, 'demo'], { env });
    expect(deploy).toMatchObject({ code: 0 });
    expect(deploy.stdout).toContain('Creating service demo_web\n');
    engine.settle();
    const services = await runTstack(['services', '--format', '{{.Name}} {{.Replicas}}', 'demo'], {
      env,
    });
    expect(services.stdout).toBe('demo_web 2/2\n');
    expect((await runTstack(['ps', '-q', 'demo'], { env })).stdout.split('\n')).toHaveLength(3);
    expect((await runTstack(['ls'], { env })).stdout).toBe('NAME      SERVICES\ndemo      1\n');
    expect(await runTstack(['rm', '-d', 'demo'], { env })).toMatchObject({ code: 0 });
    engine.settle();
    expect(await runTstack(['ps', 'demo'], { env })).toMatchObject({ code: 1, stdout: '' });
  });

  test('ends with 9 and a hint when no engine answers', async () => {
    const { code, stderr } = await runTstack(['ls', '-H', `unix://${folder}/nobody.sock`]);
    expect(code).toBe(9);
    expect(stderr).toContain('failed to connect');
    expect(stderr).toContain('hint: ');
  });

  test('is quiet when its reader goes away', async () => {
    const command = `'${process.execPath}' '${ROOT}/bin/tstack.js' help --format markdown | head -1`;
    const { code, stdout, stderr } = await runProgram('bash', ['-o', 'pipefail', '-c', command]);
    expect({ stdout, stderr }).toEqual({ stdout: '# tstack command line\n', stderr: '' });
    expect([0, 141]).toContain(code);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s while waiting ends with %d and says what is left', async (signal, code) => {
    const waiting = startTstack(['deploy', '-c', file, `s${code}`], { env });
    await waiting.prints(/waiting/);
    waiting.child.kill(signal);
    const ended = await waiting.ended;
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(`s${code}`);
  });
});

describe('as a plugin of docker', () => {
  test('says what it is', async () => {
    const { stdout } = await runProgram(process.execPath, [PLUGIN, 'docker-cli-plugin-metadata']);
    expect(JSON.parse(stdout)).toMatchObject({ SchemaVersion: '0.1.0' });
  });

  test("understands docker's flags before its name", async () => {
    const args = [PLUGIN, '-H', `unix://${socket}`, 'tstack', 'ls', '--format', 'json'];
    expect(await runProgram(process.execPath, args, { env: { HOME: folder } })).toMatchObject({
      code: 0,
    });
  });
});
