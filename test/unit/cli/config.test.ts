import { expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const FILES = {
  'stack.yml': `name: shop
services:
  web:
    image: web:\${TAG:-latest}
    env_file: web.env
    environment: {TOKEN: , LEVEL: "\${LEVEL:?say it}", COST: "$$5"}
    volumes: ["data:/data"]
  db: {image: "db:\${TAG}", profiles: [all]}
volumes: {data: , other: }
`,
  '/project/.env': 'LEVEL=debug\nDB_PASSWORD=hunter2\n',
  '/project/web.env': '\nHOST=h # comment\nURL=x://${DB_PASSWORD}\n',
};

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function config(...flags: readonly string[]): Promise<Ran> {
  const platform = createMemoryPlatform({ files: FILES, env: { TOKEN: 'hunter3', TAG: '7' } });
  const argv = ['config', '-c', 'stack.yml', ...flags];
  const code = await runCommandLine(argv, platform.platform, ROOT);
  return { code, stdout: platform.stdout(), stderr: platform.stderr() };
}

test.each([
  [['--services'], 'web\n'],
  [['--services', '--profile', 'all'], 'db\nweb\n'],
  [['--images', '--profile=*'], 'db:7\nweb:7\n'],
  [['--volumes'], 'data\nother\n'],
  [['--profiles'], 'all\n'],
  [['--quiet'], ''],
])('prints %j', async (flags, expected) => {
  expect(await config(...flags)).toEqual({ code: 0, stdout: expected, stderr: '' });
});

test('explains where variables come from, and tells no value', async () => {
  const { stdout } = await config('--explain-env');
  expect(stdout).not.toMatch(/hunter/);
  expect(stdout).toMatchInlineSnapshot(`
    "SERVICE   VARIABLE   COMES FROM    USED AT
              LEVEL      .env:1        stack.yml:6:35
              TAG        shell         stack.yml:4:12, stack.yml:8:15
    web       COST       stack.yml:6
    web       HOST       web.env:2
    web       LEVEL      stack.yml:6
    web       TOKEN      shell
    web       URL        web.env:3
    "
  `);
});

test('hides values of variables that look like secrets', async () => {
  const { stdout } = await config('--environment');
  expect(stdout).toBe('LEVEL=debug\nTAG=7\n');
});

test('lists variables with what the files say of them', async () => {
  expect((await config('--variables')).stdout).toMatchInlineSnapshot(`
    "NAME      REQUIRED   DEFAULT VALUE   ALTERNATE VALUE
    LEVEL     true                       
    TAG       false      latest          
    "
  `);
});

test('a hash changes with its service and with nothing else', async () => {
  const [one, again] = [
    await config('--hash', 'web'),
    await config('--hash', '*', '--profile=all'),
  ];
  expect(again.stdout.split('\n')).toContain(one.stdout.trim());
  const other = await config('--hash', 'web', '-p', 'other');
  expect(other.stdout).toBe(one.stdout);
  expect((await config('--hash', 'nope')).code).toBe(64);
});

test('leaves variables alone when asked, and doubles no dollar then', async () => {
  const { stdout } = await config('--no-interpolate');
  expect(stdout).toContain('image: web:${TAG:-latest}');
  expect(stdout).toContain('COST: $$5');
});

test('refuses two views at once', async () => {
  const { code, stderr } = await config('--services', '--images');
  expect(code).toBe(64);
  expect(stderr).toContain('--services and --images cannot be used together');
});
