import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { violationsOf } from '../../../../src/stack/check-structure.ts';
import { STACK_FILE } from '../../../../src/stack/keys/table/index.ts';
import { stackSchema, stackSchemaText } from '../../../../src/stack/keys/table/json-schema.ts';
import { keyPaths } from '../../../../src/stack/keys/table/paths.ts';
import { isYamlMap, YamlFloat, YamlTimestamp } from '../../../../src/stack/yaml-values.ts';
import { readYamlValue } from '../../../../src/stack/yaml/read-yaml.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const FIXTURES = join(ROOT, 'fixtures/stack');
const CORPUS = resolve(ROOT, '../shared/conformance/stack');

const accepts = new Ajv({ strict: true, allErrors: true }).compile(stackSchema());

/** A YAML tree as an editor hands it to the schema. */
function toJson(value: unknown): unknown {
  if (value instanceof YamlFloat) return value.value;
  if (value instanceof YamlTimestamp) return value.text;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (!isYamlMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toJson(one)]));
}

function readTree(file: string): unknown {
  try {
    return readYamlValue(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => /^(?:stack|override.*|compose.*)\.ya?ml$/.test(name))
    .map((name) => join(directory, name));

const casesOf = (suite: string): readonly string[] =>
  readdirSync(join(FIXTURES, suite)).map((name) => join(FIXTURES, suite, name));

test('schemas/stack.schema.json is what the key table gives', () => {
  const written = readFileSync(join(ROOT, 'schemas/stack.schema.json'), 'utf8');
  expect(written === stackSchemaText(), 'run node schemas/generate-stack-schema.mjs').toBe(true);
});

test('every key has a hover text that says what becomes of it', () => {
  const text = stackSchemaText();
  for (const { facts } of keyPaths())
    expect(text).toContain(JSON.stringify(facts.effect).slice(1, -1));
});

test('accepts every valid fixture', () => {
  const refused = casesOf('valid').flatMap((directory) =>
    filesIn(directory).filter((file) => !accepts(toJson(readTree(file)))),
  );
  expect(refused).toEqual([]);
});

const WRONG_STRUCTURE = [
  'unknown-key',
  'missing-key',
  'wrong-type',
  'duplicate-item',
  'invalid-value',
  'wrong-type-through-anchor',
  'invalid-name',
  'top-level-not-mapping',
];

test.each(WRONG_STRUCTURE.map((name) => join(FIXTURES, 'errors', name)))(
  'refuses %s',
  (directory) => {
    const verdicts = filesIn(directory).map((file) => accepts(toJson(readTree(file))));
    expect(verdicts).toContain(false);
  },
);

// Ajv's own check of unique items trips over keys such as `valueOf`.
const suites = [...casesOf('valid'), ...casesOf('errors'), ...casesOf('keys')].filter(
  // `x-tstack` is checked by a rule, in both formats.
  (directory) => !/hostile-keys$|\/extension-(?:unknown|wrong)/.test(directory),
);
const recorded = existsSync(CORPUS) ? readdirSync(CORPUS).map((name) => join(CORPUS, name)) : [];

test('the schema and the structure check agree on every file there is', () => {
  const files = [...suites, ...recorded].flatMap((directory) =>
    existsSync(join(directory, 'README.md')) || !/^[^.]*$/.test(directory.split('/').at(-1) ?? '')
      ? []
      : filesIn(directory),
  );
  const differ = files.filter((file) => {
    const tree = readTree(file);
    // Ports are read by one check only.
    if (!isYamlMap(tree)) return false;
    const violations = violationsOf(tree, STACK_FILE, { isRaw: true }).filter(
      ({ params }) => params['format'] !== 'ports' && params['limit'] !== 65_535,
    );
    return accepts(toJson(tree)) !== (violations.length === 0);
  });
  expect(differ).toEqual([]);
});

test.skipIf(recorded.length === 0)('accepts what the docker command accepted', () => {
  const refused = recorded.filter((directory) => {
    const file = join(directory, 'case.json');
    if (!existsSync(file)) return false;
    const { runs } = JSON.parse(readFileSync(file, 'utf8')) as {
      runs: readonly { argv?: readonly string[]; exit: number }[];
    };
    const wasAccepted = runs.some(({ argv, exit }) => argv?.[0] === 'config' && exit === 0);
    if (!wasAccepted) return false;
    return filesIn(directory).some((one) => {
      const tree = readTree(one);
      return isYamlMap(tree) && !accepts(toJson(tree));
    });
  });
  expect(refused.map((one) => one.split('/').at(-1))).toEqual(DOCKER_ONLY);
});

/** What docker accepts although it says nothing, or is no key of anything. */
const DOCKER_ONLY: readonly string[] = [
  'net-odd-name-not-validated',
  'sec-extra-keys-ignored',
  'vol-err-unknown-type',
];
