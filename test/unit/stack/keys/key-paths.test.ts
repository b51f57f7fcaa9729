import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../../src/base/diagnostic.ts';
import { StackFileError } from '../../../../src/base/errors.ts';
import { keyPaths } from '../../../../src/stack/keys/table/paths.ts';
import { lintStack } from '../../../../src/stack/lint/index.ts';
import { convertLoadedStack, loadStack } from '../../../../src/stack/pipeline.ts';
import { printConfig } from '../../../../src/stack/print-config.ts';
import { sampleOf, type KeySample } from '../../../support/key-samples.ts';

/** Files the samples name. */
const FILES: Readonly<Record<string, string>> = {
  'more.yml': 'services: {c: {image: "c:${A:-1}", env_file: [{path: e.env, required: false}]}}',
  'base.yml': 'services: {a: {image: "x:1", tty: true}}',
  'other.yml': 'services: {d: {image: "d:1"}}',
  'more.env': 'A=b\n',
  'raw.env': 'B="c"\n',
  'sub/e.env': 'E=f\n',
  'data.txt': 'data\n',
  'other.txt': 'other\n',
};

interface Outcome {
  /** Absent when there were errors. */
  readonly request?: string;
  readonly config?: string;
  readonly findings?: string;
  readonly diagnostics: readonly Diagnostic[];
}

function run(file: KeySample['with']): Outcome {
  const all: Readonly<Record<string, string>> = { ...FILES, 'stack.yml': JSON.stringify(file) };
  const ports = {
    readFile: (path: string) => {
      const text = all[path.replace('/project/', '')];
      return text === undefined
        ? ({ kind: 'error', code: 'ENOENT', message: 'no such file' } as const)
        : ({ kind: 'data', bytes: new TextEncoder().encode(text) } as const);
    },
    readStdin: () => new Uint8Array(),
    workingDirectory: '/project',
  };
  try {
    const env = { DATA: 'data', OTHER: 'other' };
    const loaded = loadStack(['stack.yml'], ports, { compat: 'none', env });
    const { spec, diagnostics } = convertLoadedStack(loaded, 'shop');
    return {
      request: JSON.stringify(spec),
      config: printConfig(loaded.model),
      findings: JSON.stringify(lintStack(loaded).map(({ code }) => code)),
      diagnostics: [...loaded.diagnostics, ...diagnostics],
    };
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    return { diagnostics: error.diagnostics };
  }
}

const errorsOf = ({ diagnostics }: Outcome): readonly Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity === 'error');

const paths = keyPaths();

test('the table has every key once', () => {
  expect(new Set(paths.map(({ path }) => path)).size).toBe(paths.length);
  expect(paths.length).toBeGreaterThan(350);
});

test.each(paths.filter(({ facts }) => facts.outcome === 'mapped').map((one) => [one.path, one]))(
  '%s changes the request',
  (_path, key) => {
    const sample = sampleOf(key);
    const outcome = run(sample.with);
    expect(errorsOf(outcome)).toEqual([]);
    expect(outcome.request).not.toBe(run(sample.without).request);
  },
);

test.each(paths.filter(({ facts }) => facts.outcome === 'client').map((one) => [one.path, one]))(
  '%s is done by the client, or mentioned',
  (_path, key) => {
    const sample = sampleOf(key);
    const outcome = run(sample.with);
    expect(errorsOf(outcome)).toEqual([]);
    if (key.facts.noted === true) {
      expect(outcome.diagnostics.map(({ code }) => code)).toContain('key-not-deployed');
    } else expect(outcome).not.toEqual(run(sample.without));
  },
);

test.each(paths.filter(({ facts }) => facts.outcome === 'emulated').map((one) => [one.path, one]))(
  '%s is done in another way, with a note',
  (_path, key) => {
    const outcome = run(sampleOf(key).with);
    expect(errorsOf(outcome)).toEqual([]);
    const note = outcome.diagnostics.find(({ code }) => code === 'key-emulated');
    expect(note?.span).toBeDefined();
    expect(note?.hint).toBeTruthy();
  },
);

test.each(paths.filter(({ facts }) => facts.outcome === 'refused').map((one) => [one.path, one]))(
  '%s is refused with reason, place and alternative',
  (_path, key) => {
    const [error] = errorsOf(run(sampleOf(key).with));
    expect(error?.code).toBe('key-refused');
    expect(error?.message).toMatch(/: \S+/);
    expect(error?.span).toBeDefined();
    expect(error?.hint).toBeTruthy();
  },
);
