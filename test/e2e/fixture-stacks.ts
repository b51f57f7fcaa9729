import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSystemFile } from '../../src/host/read-file.ts';
import type { StackModel } from '../../src/stack/model.ts';
import { loadStack } from '../../src/stack/pipeline.ts';
import { printConfig } from '../../src/stack/print-config.ts';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { runTstack, type Ended } from '../support/run-tstack.ts';
import type { ClusterTarget } from './stack-life.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/stack');

/** Twenty and more stacks that every cluster takes: no external objects, no drivers of their own. */
const STACKS = [
  'valid/commands',
  'valid/credential-spec',
  'valid/deploy-full',
  'valid/healthchecks',
  'valid/hosts-and-dns',
  'valid/labels',
  'valid/logging',
  'valid/merge-lists',
  'valid/merge-scalars',
  'valid/merge-untouched',
  'valid/minimal',
  'valid/mounts-short',
  'valid/plain-fields',
  'valid/port-address',
  'valid/ports-long',
  'valid/ports-short',
  'valid/restart',
  'valid/strings-that-need-quotes',
  'valid/without-effect',
  'compose/config-content',
  'compose/merge-command',
  'compose/merge-healthcheck-test',
] as const;

/** Deploys fixtures as they are, but for the number of tasks: their images are not there. */
export function describeFixtureStacks(target: ClusterTarget): void {
  describe(`fixture stacks on ${target.name}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'fixture-stacks-'));
    let proxy: RecordingProxy;
    let tstack: (...args: readonly string[]) => Promise<Ended>;

    beforeAll(async () => {
      proxy = await startRecordingProxy(join(dir, 'p.sock'), target.socket);
      const env = { DOCKER_HOST: proxy.host, TSTACK_RESOLVE_IMAGE: 'never', HOME: dir };
      tstack = (...args) => runTstack(args, { env, cwd: dir });
    });
    afterAll(async () => {
      await proxy.close();
      rmSync(dir, { recursive: true, force: true });
    });

    test.each(STACKS)('%s', { timeout: 120_000 }, async (fixture) => {
      const stack = fixture.replaceAll(/[^a-z]/g, '');
      writeFileSync(join(dir, 'stack.yml'), withoutTasks(join(FIXTURES, fixture)));
      const deploy = (): Promise<Ended> => tstack('deploy', '-c', 'stack.yml', stack);
      try {
        const first = await deploy();
        expect(first.code, first.stderr).toBe(0);
        proxy.requests.length = 0;
        const second = await deploy();
        expect(second.code, second.stderr).toBe(0);
        expect(proxy.writes()).toEqual([]);
        expect(second.stderr).toMatch(/no changes/i);
        await expectAdoptable(stack);
        expect(proxy.writes()).toEqual([]);
      } finally {
        const { code, stderr } = await tstack('rm', stack);
        expect(code, stderr).toBe(0);
      }
    });

    /** What was deployed can be written as a file whose plan is empty. */
    async function expectAdoptable(stack: string): Promise<void> {
      rmSync(join(dir, 'adopted.yml'), { force: true });
      const adopted = await tstack('adopt', '--out', 'adopted.yml', stack);
      expect(adopted.code, adopted.stderr).toBe(0);
      const plan = await tstack('plan', '-c', 'adopted.yml', '--detailed-exitcode', stack);
      expect(plan.code, `${plan.stdout}\n${plan.stderr}`).toBe(0);
      expect(plan.stdout).toContain('0 to create, 0 to update');
    }
  });
}

/** A fixture as one file, every service replicated without tasks. */
function withoutTasks(directory: string): string {
  const overrides = readdirSync(directory).filter((name) => /^override.*\.yml$/.test(name));
  const flags = join(directory, 'flags.json');
  const { env = {}, ...options } = (
    existsSync(flags) ? JSON.parse(readFileSync(flags, 'utf8')) : {}
  ) as { readonly env?: Readonly<Record<string, string>> };
  const { model } = loadStack(
    ['stack.yml', ...overrides.sort((a, b) => a.length - b.length)],
    {
      readFile: (path) => readSystemFile(path.startsWith('/') ? path : join(directory, path)),
      readStdin: () => new Uint8Array(),
      workingDirectory: directory,
    },
    { compat: 'none', env: { HOME: '/root', ...env }, ...options },
  );
  const services = Object.entries(model.services).map(([name, service]) => {
    const { mode: _replicated, ...deploy } = service.deploy ?? {};
    return [name, { ...service, deploy: { ...deploy, replicas: 0 } }];
  });
  return printConfig({
    ...model,
    services: Object.fromEntries(services) as StackModel['services'],
  });
}
