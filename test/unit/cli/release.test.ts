import { beforeAll, expect, test } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import { runVirtual } from '../../support/run-virtual.ts';

const CANARY = 'kanarienvogel-7261';

const FILE = `name: shop
services:
  web:
    image: app:\${TAG}
    secrets: [key]
    configs: [conf]
secrets: { key: { file: ./key.txt } }
configs: { conf: { file: ./conf.txt } }
`;

const SRC = resolve(import.meta.dirname, '../../../src');

// Commands load what they need when they need it; loading takes real time, and time is virtual here.
beforeAll(async () => {
  for (const area of ['cli', 'cli/progress', 'release', 'rollout', 'plan', 'stack']) {
    const files = readdirSync(join(SRC, area)).filter((file) => file.endsWith('.ts'));
    await Promise.all(files.map((file) => import(join(SRC, area, file))));
  }
}, 180_000);

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One machine, one cluster, several commands. */
class Machine {
  readonly engine = new FakeEngine();
  readonly stores = new Map<string, MemoryStore>();
  readonly files: Record<string, string> = {
    '/project/stack.yml': FILE,
    'stack.yml': FILE,
    '/project/key.txt': CANARY,
    '/project/conf.txt': 'one',
  };
  /** Everything any command has printed. */
  printed = '';

  async run(line: string, env: Record<string, string> = {}): Promise<Ran> {
    const { clock, client } = this.engine;
    const { stores, files } = this;
    const memory = createMemoryPlatform({ env, stores, files, clock, engine: client });
    const code = await runVirtual(
      clock,
      runCommandLine(line.split(' '), memory.platform, ROOT),
      1e6,
    );
    const ran = { code, stdout: memory.stdout(), stderr: memory.stderr() };
    this.printed += ran.stdout + ran.stderr;
    return ran;
  }

  deploy(tag: string, more = ''): Promise<Ran> {
    return this.run(`deploy -c stack.yml --resolve-image never --no-predict${more} shop`, {
      TAG: tag,
      GITHUB_SERVER_URL: 'https://ci.example',
      GITHUB_REPOSITORY: 'shop/files',
      GITHUB_RUN_ID: '7',
    });
  }
}

test('deploy, history, diff, rollback: the whole way', async () => {
  const machine = new Machine();
  expect(await machine.deploy('1')).toMatchObject({ code: 0 });
  machine.files['/project/conf.txt'] = 'two';
  expect(await machine.deploy('2')).toMatchObject({ code: 0 });
  const listed = await machine.run('history shop');
  expect(listed.stdout.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
    ['REVISION', 'DEPLOYED', 'KIND', 'OUTCOME', 'CHANGES', 'DURATION', 'BY'],
    [
      '2',
      expect.any(String),
      'deploy',
      'converged',
      '1 created, 1 updated',
      expect.any(String),
      'alice@desk',
    ],
    ['1', expect.any(String), 'deploy', 'converged', '4 created', expect.any(String), 'alice@desk'],
    [''],
  ]);
  const revision = JSON.parse((await machine.run('history shop 2')).stdout) as object;
  expect(revision).toMatchObject({
    number: 2,
    sources: [{ name: 'stack.yml', text: FILE }],
    variables: [{ name: 'TAG', origin: 'shell' }],
    images: { shop_web: 'app:2' },
    actor: { job: 'https://ci.example/shop/files/actions/runs/7' },
  });
  const schema = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../../schemas/revision.schema.json'), 'utf8'),
  ) as object;
  const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
  expect(validate(revision), JSON.stringify(validate.errors)).toBe(true);
  const diff = await machine.run('diff --detailed-exitcode shop 1 2');
  expect(diff.code).toBe(2);
  expect(diff.stdout).toContain('~ config shop_conf\n    content one → another\n');
  expect(diff.stdout).toMatch(/~ service shop_web\n[^+-]*image app:1 → app:2\n/);
  const rolled = await machine.run('rollback shop');
  expect(rolled).toMatchObject({ code: 0 });
  expect(rolled.stderr).toContain('Rolling stack shop back to revision 1');
  expect((await machine.run('diff shop 1 3')).stdout).toBe('No differences.\n');
  expect(await machine.run('deploy --revision 2 shop')).toMatchObject({ code: 0 });
  expect((await machine.run('history -q shop')).stdout).toBe('4\n3\n2\n1\n');
  expect(await machine.run('rollback shop 9')).toMatchObject({ code: 1 });
  expect((await machine.run('history shop latest')).code).toBe(64);
});

test('--history cluster sticks to the stack; its configs are not of the stack, and rm removes them', async () => {
  const machine = new Machine();
  expect(await machine.deploy('1', ' --history cluster')).toMatchObject({ code: 0 });
  expect(await machine.deploy('2')).toMatchObject({ code: 0 });
  expect(machine.stores.size).toBe(0);
  expect((await machine.run('history -q shop')).stdout).toBe('2\n1\n');
  const kept = [...machine.engine.configs.values()].filter((one) =>
    one.Spec.Name.startsWith('tstack-'),
  );
  expect(kept).toHaveLength(2);
  expect(kept.map((one) => one.Spec.Labels?.['com.docker.stack.namespace'])).toEqual([
    undefined,
    undefined,
  ]);
  expect(await machine.run('rm shop')).toMatchObject({ code: 0 });
  expect(machine.engine.configs.size).toBe(0);
});

test('rollback without revisions says so and what to do; --previous does it', async () => {
  const machine = new Machine();
  await machine.deploy('1', ' --history off');
  await machine.deploy('2', ' --history off');
  expect((await machine.run('history shop')).stdout).toMatch(/^REVISION.*\n$/);
  const none = await machine.run('rollback shop');
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/no revisions of stack shop are kept here\n.*--previous/);
  expect(await machine.run('rollback --previous shop')).toMatchObject({ code: 0 });
  const [web] = machine.engine.services.values();
  expect(web?.Spec.TaskTemplate.ContainerSpec?.Image).toBe('app:1');
});

test('files in the format of docker rotate on request, and say how', async () => {
  const machine = new Machine();
  const text = FILE.replace('name: shop\n', '');
  machine.files['stack.yml'] = machine.files['/project/stack.yml'] = text;
  await machine.deploy('1');
  machine.files['/project/conf.txt'] = 'two';
  const refused = await machine.deploy('1');
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain(
    'shop_conf: its content has changed, and only updates to Labels',
  );
  expect(refused.stderr).toContain('--rotate');
  expect(await machine.deploy('1', ' --rotate')).toMatchObject({ code: 0 });
  machine.engine.requests.length = 0;
  expect(await machine.deploy('1')).toMatchObject({ code: 0 });
  // Secrets are compared by the engine here, since nothing remembers them.
  expect(machine.engine.writes.filter((one) => !one.startsWith('POST /secrets'))).toEqual([]);
  machine.files['/project/conf.txt'] = 'three';
  expect((await machine.deploy('1')).code).toBe(4);
  const wish = `x-tstack: { rotate: true }\n${text}`;
  machine.files['stack.yml'] = machine.files['/project/stack.yml'] = wish;
  expect(await machine.deploy('1')).toMatchObject({ code: 0 });
});

test('--compat docker keeps nothing, and refuses changed content as docker does', async () => {
  const machine = new Machine();
  const text = FILE.replace('name: shop\n', '');
  machine.files['stack.yml'] = machine.files['/project/stack.yml'] = text;
  await machine.deploy('1', ' --compat docker --detach=false');
  machine.files['/project/conf.txt'] = 'two';
  const refused = await machine.deploy('1', ' --compat docker --detach=false');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('only updates to Labels are allowed');
  expect(machine.stores.size).toBe(0);
});

test('unlock, resume and atomic say what they find', async () => {
  const machine = new Machine();
  expect((await machine.run('unlock shop')).stdout).toBe('Stack shop is not locked.\n');
  expect((await machine.run('resume shop')).stdout).toMatch(/^Nothing to resume/);
  expect(await machine.deploy('1', ' --atomic -d')).toMatchObject({ code: 64 });
  await machine.deploy('1');
  machine.engine.behave('app:bad', { kind: 'rejected', error: 'No such image: app:bad' });
  const failed = await machine.deploy('bad', ' --atomic');
  expect(failed.code).toBe(6);
  expect(failed.stderr).toContain('put back: update service shop_web');
  const [store] = machine.stores.values();
  const lock = { actor: { user: 'bob', host: 'ci' }, command: 'deploy', process: 'x' };
  const times = { since: '2026-11-20T12:00:00.000Z', expires: '2999-01-01T00:00:00.000Z' };
  await store?.createLock(JSON.stringify({ ...lock, ...times }), undefined);
  const locked = await machine.deploy('2');
  expect(locked.code).toBe(8);
  expect(locked.stderr).toContain('locked by bob@ci (deploy) since 2026-11-20T12:00:00.000Z');
  expect((await machine.run('scale shop_web=2')).code).toBe(8);
  expect((await machine.run('rm shop')).code).toBe(8);
  expect((await machine.run('unlock shop')).stdout).toContain('it was held by bob@ci');
  expect(await machine.run('scale shop_web=2')).toMatchObject({ code: 0 });
});

test('the content of a secret is printed and kept nowhere', async () => {
  const machine = new Machine();
  await machine.deploy('1', ' --history cluster --progress json');
  machine.files['/project/key.txt'] = `${CANARY}-two`;
  await machine.run('plan -c stack.yml --format json shop', { TAG: '2' });
  await machine.deploy('2');
  await machine.run('history shop 2');
  await machine.run('diff shop 1 2');
  await machine.run('rollback shop');
  const { services, networks, configs } = machine.engine;
  const secrets = [...machine.engine.secrets.values()].map(({ Spec }) => [Spec.Name, Spec.Labels]);
  const kept = [...configs.values()].map(({ Spec }) => [
    Spec,
    Buffer.from(Spec.Data ?? '', 'base64').toString('latin1'),
  ]);
  const store = machine.engine.configs.size > 0 ? JSON.stringify(kept) : '';
  const all = JSON.stringify([[...services], [...networks], secrets]) + store + machine.printed;
  for (const text of [CANARY, Buffer.from(CANARY).toString('base64').slice(0, -3)]) {
    expect(all).not.toContain(text);
  }
});
