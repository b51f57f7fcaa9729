import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { FakeEngine } from '../../support/fake-engine-client.ts';
import { FAULTS, oneService, type Fault } from '../../support/faults.ts';
import { RELEASE_FAULTS } from '../../support/release-faults.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';
import { runVirtual } from '../../support/run-virtual.ts';

const TABLE = resolve(import.meta.dirname, '../../../fixtures/rollout/fault-matrix.md');
const FLAGS = ['--resolve-image', 'never', '--progress', 'json'];
const DEPLOY = ['deploy', '-c', 'c.yml', '--timeout', '3m', ...FLAGS, 'shop'];

/** Turns of the event loop: revisions are compressed on another thread. */
const PATIENCE = 20_000;

/** Commands that need no time to pass; they load what the others use. */
const QUICK: readonly (readonly string[])[] = [
  ['deploy', '-d', '-c', 'c.yml', ...FLAGS, 'shop'],
  ['wait', '--progress', 'json', 'gone'],
  ['scale', 'shop_gone=2'],
  ['logs', 'gone'],
  ['rm', 'gone'],
  ['deploy', '-c', 'gone.yml', 'shop'],
];

beforeAll(async () => {
  const files = { 'c.yml': oneService('good:1') };
  const engine = new FakeEngine();
  for (const argv of QUICK) {
    const memory = createMemoryPlatform({ engine: engine.client, clock: engine.clock, files });
    await runCommandLine(argv, memory.platform, ROOT);
  }
}, 60_000);

interface Ending {
  readonly exit: number;
  readonly cause: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a whole command on the engine, in virtual time. */
async function run(
  engine: FakeEngine,
  argv: readonly string[],
  { file, arrange }: { readonly file: string; readonly arrange?: Fault['arrange'] },
): Promise<Ending> {
  const { client, clock } = engine;
  const memory = createMemoryPlatform({ engine: client, clock, files: { 'c.yml': file } });
  arrange?.(engine, memory.controller);
  const exit = await runVirtual(clock, runCommandLine(argv, memory.platform, ROOT), PATIENCE);
  const [stdout, stderr] = [memory.stdout(), memory.stderr()];
  return { exit, cause: causeOf(stdout, stderr), stdout, stderr };
}

interface Line {
  readonly type?: string;
  readonly class?: string;
  readonly outcome?: string;
  readonly error?: { readonly code: string; readonly diagnostics?: readonly { code: string }[] };
}

/** Classes of failed tasks, else the code of the error, else how it ended. */
function causeOf(stdout: string, stderr: string): string {
  const lines = `${stdout}${stderr}`
    .split('\n')
    .filter((one) => one.startsWith('{'))
    .map((one) => JSON.parse(one) as Line);
  const classes = lines.flatMap((one) => (one.type === 'failure' ? [one.class ?? ''] : []));
  if (classes.length > 0) return [...new Set(classes)].join(', ');
  const outcome = lines.find((one) => one.type === 'finished')?.outcome;
  const error = lines.find((one) => one.type === undefined)?.error;
  return outcome ?? error?.diagnostics?.[0]?.code ?? error?.code ?? '';
}

const ALL_FAULTS = [...FAULTS, ...RELEASE_FAULTS];
const rows: string[] = [];

describe('every fault ends with its exit code and its cause', () => {
  test.each(ALL_FAULTS.map((fault) => [fault.when, fault] as const))('%s', async (_when, fault) => {
    const engine = new FakeEngine();
    engine.written.set('bad:1', ['starting', 'fatal: something is wrong']);
    if (fault.before !== undefined) {
      const before = await run(engine, DEPLOY, { file: fault.before });
      expect(before).toMatchObject({ exit: 0 });
    }
    if (fault.bad) engine.behave('bad:1', fault.bad);
    const { file = oneService('bad:1'), argv = DEPLOY, arrange } = fault;
    const ending = await run(engine, argv, { file, ...(arrange && { arrange }) });
    const { exit, cause } = ending;
    expect({ exit, cause }, `${ending.stdout}\n${ending.stderr}`).toEqual({
      exit: fault.exit,
      cause: fault.cause,
    });
    rows.push(`| ${fault.when} | ${exit} | ${cause} |`);
  });

  test('the table of all of them', async () => {
    expect(rows.length).toBe(ALL_FAULTS.length);
    expect(rows.length).toBeGreaterThanOrEqual(60);
    const head = ['| what goes wrong | exit code | cause |', '|---|---|---|'];
    await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot(TABLE);
  });
});
