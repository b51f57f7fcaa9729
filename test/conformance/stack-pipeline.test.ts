import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { readSystemFile } from '../../src/host/read-file.ts';
import { loadStack } from '../../src/stack/pipeline.ts';
import { printConfig } from '../../src/stack/print-config.ts';
import type { Compat } from '../../src/stack/read-stack.ts';

/**
 * The recordings of the docker command, when they are beside the project: `config` output and the
 * create requests, straight from the pipeline. `npm run conformance` runs the whole command.
 */
const CORPUS = resolve(import.meta.dirname, '../../../shared/conformance/stack');

interface Run {
  readonly id: string;
  readonly argv?: readonly string[];
  readonly exit: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly stdin?: string;
  readonly stdout?: string;
}

interface Case {
  readonly name: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly runs: readonly Run[];
}

function readCases(): readonly Case[] {
  if (!existsSync(CORPUS)) return [];
  return readdirSync(CORPUS)
    .filter((name) => existsSync(join(CORPUS, name, 'case.json')))
    .map((name) => ({
      ...(JSON.parse(readFileSync(join(CORPUS, name, 'case.json'), 'utf8')) as Case),
      name,
    }));
}

/** `-c a.yml -c b.yml,c.yml conf` → files and stack name. */
function argumentsOf(argv: readonly string[]): { files: string[]; stack: string } {
  const files: string[] = [];
  let stack = '';
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '-c' || word === '--compose-file') files.push(...(argv[++at] ?? '').split(','));
    else if (word === '--resolve-image') at += 1;
    else if (!word.startsWith('-')) stack = word;
  }
  return { files, stack };
}

/** Runs one recorded command through the pipeline, in the place it was recorded. */
function pipelineOf(one: Case, run: Run, compat: Compat): () => ReturnType<typeof loadStack> {
  const directory = join(CORPUS, one.name);
  const workingDirectory = join('/__TMP__/case', run.cwd ?? one.cwd ?? '.');
  const env = Object.entries({ HOME: '/__HOME__', ...one.env, ...run.env }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const inCase = (value: string): string => value.replaceAll('/__CASE__', '/__TMP__/case');
  const real = (path: string): string =>
    join(directory, relative('/__TMP__/case', resolve(workingDirectory, path)));
  return () =>
    loadStack(
      argumentsOf(run.argv ?? []).files,
      {
        readFile: (path) => readSystemFile(real(path)),
        readStdin: () => readFileSync(join(directory, run.stdin ?? '')),
        workingDirectory,
      },
      {
        compat,
        env: Object.fromEntries(env.map(([name, value]) => [name, inCase(value)])),
        skipInterpolation: run.argv?.includes('--skip-interpolation') ?? false,
      },
    );
}

const cases = readCases();
const configs = cases.flatMap((one) =>
  one.runs
    .filter(({ argv, exit }) => argv?.[0] === 'config' && exit === 0)
    .map((run) => ({ title: `${one.name} ${run.id}`, one, run })),
);

describe.skipIf(cases.length === 0)('the recorded corpus', () => {
  test.each(configs)('config: $title', ({ one, run }) => {
    const golden = readFileSync(join(CORPUS, one.name, run.stdout ?? 'config.golden.yml'), 'utf8');
    const { model } = pipelineOf(one, run, 'docker')();
    const shown = printConfig(model).replaceAll('/__TMP__/case', '/__CASE__');
    expect(parse(shown)).toEqual(parse(golden));
  });
});
