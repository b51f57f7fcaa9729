import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { NODE_KEYS } from '../../../src/simulate/parse-node.ts';
import {
  ACTIONS,
  EXPECT_KEYS,
  IMAGE_KEYS,
  parseScenario,
  SCENARIO_KEYS,
} from '../../../src/simulate/parse-scenario.ts';

interface Mapping {
  readonly properties: Readonly<Record<string, unknown>>;
}

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/scenario.schema.json'), 'utf8'),
) as Mapping & { readonly $defs: Readonly<Record<string, Mapping>> };

test('the schema has the keys that the reader knows', () => {
  const keysOf = (mapping: Mapping | undefined) => Object.keys(mapping?.properties ?? {}).sort();
  expect(keysOf(schema)).toEqual([...SCENARIO_KEYS].sort());
  expect(keysOf(schema.$defs['node'])).toEqual([...NODE_KEYS].sort());
  expect(keysOf(schema.$defs['image'])).toEqual([...IMAGE_KEYS].sort());
  expect(keysOf(schema.$defs['event'])).toEqual(['at', ...ACTIONS].sort());
  expect(keysOf(schema.$defs['expect'])).toEqual([...EXPECT_KEYS].sort());
});

describe('schema and reader agree on', () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  test.each([
    ['{}', true],
    ['{nodes: [{name: a, cpus: 0.5, memory: 2G, generic: {gpu: [a, b], x: 2}}]}', true],
    ['{nodes: [{platform: linux/arm64, engine_labels: {disk: ssd}, availability: pause}]}', true],
    ['{images: {a: {start: 1s, stop: 0, fail_after: 2m, exit_code: 0, crash_chance: 0.5}}}', true],
    ['{events: [{at: 1m30s, add: n9}, {at: 2m, add: {name: n8}}, {at: 0, update: b.yml}]}', true],
    ['{events: [{at: 1s, remove: n2}], expect: {min_available: 2, converges_within: 5m}}', true],
    ['{expect: {min_available: {web: 2}}}', true],
    ['{node: []}', false],
    ['{nodes: [{cpus: 0}]}', false],
    ['{nodes: [{availability: off}]}', false],
    ['{nodes: [{generic: {gpu: -1}}]}', false],
    ['{images: {a: {start: soon}}}', false],
    ['{images: {a: {crash_chance: 1.5}}}', false],
    ['{events: [{drain: n2}]}', false],
    ['{events: [{at: 1s, drain: n2, pause: n3}]}', false],
    ['{events: [{at: 30, drain: n2}]}', false],
    ['{expect: {min_available: few}}', false],
  ])('%s', (text, isValid) => {
    const value: unknown = parse(text);
    const { problems } = parseScenario(value, { untilMs: 600_000 });
    expect({ schema: validate(value), reader: problems.length === 0, problems }).toEqual({
      schema: isValid,
      reader: isValid,
      problems: isValid ? [] : expect.any(Array),
    });
  });
});
