import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import type { PlanDocument } from '../../../src/plan/plan-document.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const BEFORE = `services:
  web:
    image: nginx:1.26
    environment:
      MODE: slow
    secrets: [key]
    configs: [conf]
    deploy:
      replicas: 2
  old:
    image: nginx:1.26
secrets:
  key: {file: ./key.txt}
configs:
  conf: {file: ./conf.txt}
`;

const AFTER = BEFORE.replace('nginx:1.26', 'nginx:1.27')
  .replace('MODE: slow', 'MODE: fast')
  .replace('replicas: 2', 'replicas: 3')
  .replace('  old:', '  extra:');

const CONTENT = { 'key.txt': 'hunter2-secret', 'conf.txt': 'listen-config' };

/** Runs tstack on an engine, with the file's text as c.yml. */
async function run(engine: FakeEngine, text: string, argv: readonly string[]) {
  const files = {
    'c.yml': text,
    ...CONTENT,
    '/project/key.txt': CONTENT['key.txt'],
    '/project/conf.txt': CONTENT['conf.txt'],
  };
  const memory = createMemoryPlatform({ engine: engine.client, files, clock: engine.clock });
  const exitCode = await runCommandLine(argv, memory.platform, ROOT);
  return { exitCode, stdout: memory.stdout(), stderr: memory.stderr() };
}

const FLAGS = ['-c', 'c.yml', '--resolve-image', 'never'] as const;

/** An engine that runs BEFORE. */
async function deployed(): Promise<FakeEngine> {
  const engine = new FakeEngine();
  const { exitCode } = await run(engine, BEFORE, ['deploy', '-dq', ...FLAGS, 'shop']);
  expect(exitCode).toBe(0);
  engine.requests.length = 0;
  return engine;
}

describe('plan', () => {
  test('shows objects, fields and places, and writes nothing', async () => {
    const engine = await deployed();
    const result = await run(engine, AFTER, ['plan', '--prune', ...FLAGS, 'shop']);
    expect(result).toEqual({ exitCode: 0, stderr: '', stdout: expect.any(String) as string });
    expect(result.stdout).toMatchInlineSnapshot(`
      "= network shop_default  keep    exists
      ? secret shop_key       verify  only the engine can compare its content
      = config shop_conf      keep    unchanged
      + service shop_extra    create  declared, not found
          1 new task: 1 on any of node-1 | node-2 | node-3
      ~ service shop_web      update
          label com.docker.stack.image nginx:1.26 → nginx:1.27  c.yml:3
          replicas 2 → 3  c.yml:9
          environment +MODE=fast -MODE=slow  c.yml:5
          image nginx:1.26 → nginx:1.27  c.yml:3
          effect: restarts 2 of 2 tasks (1, 2) because of environment, image; starts 1 task
          3 new tasks: node-1, node-2, node-3
      - service shop_old      remove  not in the file
          effect: stops 1 task
      Plan: 1 to create, 1 to update, 2 unchanged, 1 to remove, 1 to verify
      Outlook: about 11s, if new tasks start within 2s, tasks stop within 1s, nothing else changes in the cluster
      "
    `);
    expect(engine.writes).toEqual([]);
  });

  test('says what --prune would remove', async () => {
    const { stdout } = await run(await deployed(), AFTER, ['diff', ...FLAGS, 'shop']);
    expect(stdout).toContain('note: service shop_old (replicated) is not in the file');
  });

  test('colours only where colour is wanted', async () => {
    const engine = await deployed();
    const plain = await run(engine, AFTER, ['plan', ...FLAGS, 'shop']);
    const painted = await run(engine, AFTER, ['--color=always', 'plan', ...FLAGS, 'shop']);
    expect(plain.stdout).not.toContain('\u001b[');
    expect(painted.stdout).toContain('\u001b[');
    // oxlint-disable-next-line no-control-regex
    expect(painted.stdout.replace(/\u001b\[\d+m/g, '')).toBe(plain.stdout);
  });

  test('a value of the cluster cannot drive the terminal', async () => {
    const text = AFTER.replace('MODE: fast', 'MODE: "\\e[2J"');
    const { stdout } = await run(await deployed(), text, ['plan', ...FLAGS, 'shop']);
    expect(stdout).toContain('environment +MODE=\\u001b[2J -MODE=slow');
  });

  test.each([
    [BEFORE, 0],
    [AFTER, 2],
  ])('--detailed-exitcode tells whether there are changes', async (text, expected) => {
    const engine = await deployed();
    const { exitCode } = await run(engine, text, ['plan', '--detailed-exitcode', ...FLAGS, 'shop']);
    expect(exitCode).toBe(expected);
  });

  test('a refusal is exit 4, after the plan', async () => {
    const engine = await deployed();
    const text = BEFORE.replace('replicas: 2', 'mode: global');
    const { exitCode, stdout, stderr } = await run(engine, text, ['plan', ...FLAGS, 'shop']);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('1 refused, so a deploy would write nothing');
    expect(stderr).toMatch(/^error: .*mode/);
  });

  test('deploy --dry-run prints the same', async () => {
    const engine = await deployed();
    const plan = await run(engine, AFTER, ['plan', ...FLAGS, 'shop']);
    expect(await run(engine, AFTER, ['deploy', '--dry-run', ...FLAGS, 'shop'])).toEqual(plan);
    expect(engine.writes).toEqual([]);
  });
});

describe('plan --format json', () => {
  const path = resolve(import.meta.dirname, '../../../schemas/plan.schema.json');
  const ajv = new Ajv2020({ strict: true });
  const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);

  test.each([
    ['a new stack', false, AFTER],
    ['changes', true, AFTER],
    ['no changes', true, BEFORE],
    ['a refusal', true, BEFORE.replace('replicas: 2', 'mode: global')],
  ])('fits its schema and holds no content: %s', async (_, isDeployed, text) => {
    const engine = isDeployed ? await deployed() : new FakeEngine();
    const { stdout } = await run(engine, text, ['plan', '--format', 'json', ...FLAGS, 'shop']);
    expect(isValid(JSON.parse(stdout)), ajv.errorsText(isValid.errors)).toBe(true);
    for (const content of Object.values(CONTENT)) {
      expect(stdout).not.toContain(content);
      expect(stdout).not.toContain(Buffer.from(content).toString('base64'));
    }
  });

  test('names a field, both values, and the place', async () => {
    const { stdout } = await run(await deployed(), AFTER, [
      'plan',
      '--format=json',
      ...FLAGS,
      'shop',
    ]);
    const { operations, summary } = JSON.parse(stdout) as PlanDocument;
    expect(summary).toEqual({ create: 1, update: 1, verify: 1, keep: 2, remove: 0 });
    const web = operations.find((one) => one.name === 'shop_web');
    expect(web).toMatchObject({ resource: 'service', action: 'update' });
    expect(web?.changes).toContainEqual({
      path: 'TaskTemplate.ContainerSpec.Image',
      from: 'nginx:1.26',
      to: 'nginx:1.27',
      restarts: 'all',
      place: { file: 'c.yml', line: 3, column: 12 },
    });
    expect(web?.effect).toMatchObject({
      kind: 'restarts',
      tasks: { slots: 2, restarts: ['1', '2'], starts: 1, stops: [] },
      because: ['TaskTemplate.ContainerSpec.Env', 'TaskTemplate.ContainerSpec.Image'],
    });
  });
});

describe('plan --format markdown', () => {
  test('is a comment that nobody can break out of', async () => {
    const engine = await deployed();
    const text = AFTER.replace('MODE: fast', "MODE: '`</details> | @you'");
    const { stdout } = await run(engine, text, ['plan', '--format=markdown', ...FLAGS, 'shop']);
    expect(stdout).toContain('### Plan of stack `shop`');
    expect(stdout).toContain(
      '| update | service `shop_web` | restarts 2 of 2 tasks (1, 2) because of environment, image; starts 1 task |',
    );
    expect(stdout).toContain('| `image` | `nginx:1.26` | `nginx:1.27` | yes | `c.yml:3` |');
    expect(stdout).toContain('`` MODE=`</details> \\| @you ``');
  });
});

describe('the preflight', () => {
  const described = (engine: FakeEngine): FakeEngine => {
    engine.nodes.splice(
      0,
      3,
      ...engine.nodes.map((node) => ({
        ...node,
        Description: { ...node.Description, TLSInfo: {} },
      })),
    );
    return engine;
  };
  const placed =
    'services:\n  db:\n    image: db\n    deploy:\n      placement:\n        constraints: [node.labels.ssd==yes]\n';

  test('refuses what no node can take, with place, nodes and remedy, and writes nothing', async () => {
    const engine = described(new FakeEngine());
    const result = await run(engine, placed, ['deploy', ...FLAGS, 'shop']);
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain('c.yml:6:22: service shop_db: no node can take its tasks');
    expect(result.stderr).toContain('node-2: constraint: does not meet node.labels.ssd==yes');
    expect(result.stderr).toContain('docker node update --label-add ssd=yes node-1');
    expect(engine.writes).toEqual([]);
  });

  test.each([
    ['--force', ['--force'], true],
    ['docker', ['--compat=docker'], true],
    ['nodes that nobody described', [], false],
  ])('goes on: %s', async (_, flags, isDescribed) => {
    const engine = isDescribed ? described(new FakeEngine()) : new FakeEngine();
    const argv = ['deploy', '-d', ...flags, ...FLAGS, 'shop'];
    expect((await run(engine, placed, argv)).exitCode).toBe(0);
  });
});
