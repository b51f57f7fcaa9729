import * as fc from 'fast-check';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.ts';
import { mergeModels } from '../../src/stack/merge.ts';
import type { StackModel } from '../../src/stack/model.ts';
import { printConfig } from '../../src/stack/print-config.ts';
import { printYaml } from '../../src/stack/print-yaml.ts';
import { loadText } from '../support/load-fixture.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const value = fc.oneof(fc.string(), fc.integer(), fc.constant(''), word);
const dictionary = fc.dictionary(word, value, { maxKeys: 4 });

/** A service in JSON, which is YAML; `$` would be a variable. */
const service = fc
  .record(
    {
      hostname: word,
      user: word,
      tty: fc.boolean(),
      init: fc.boolean(),
      command: fc.array(word, { maxLength: 3 }),
      environment: dictionary,
      labels: dictionary,
      dns: fc.uniqueArray(fc.ipV4(), { maxLength: 2 }),
      ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 4 }),
      volumes: fc.array(
        word.map((name) => `/${name}`),
        { maxLength: 3 },
      ),
      stop_grace_period: fc.integer({ min: 0, max: 1e6 }).map((ms) => `${ms}ms`),
      deploy: fc.record(
        {
          replicas: fc.nat(9),
          labels: dictionary,
          placement: fc.constant({ constraints: ['a==b'] }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map((one) => ({ image: 'app', ...one }));

const stack = fc.dictionary(word, service, { maxKeys: 3 }).map((services) => {
  const text = JSON.stringify({ services });
  return text.replaceAll('$', '').replaceAll(/[\u007f-\u009f]/g, '');
});

function load(text: string): StackModel {
  return loadText(text).model;
}

const EMPTY = load('services: {}');

test('nothing is the identity of merging, on both sides', () => {
  fc.assert(
    fc.property(stack, (text) => {
      const model = load(text);
      expect(mergeModels(model, EMPTY, { compat: 'none' })).toEqual(model);
      expect(mergeModels(EMPTY, model, { compat: 'none' })).toEqual(model);
    }),
    { numRuns: 60 },
  );
});

test('merging is associative', () => {
  const context = { compat: 'none' } as const;
  fc.assert(
    fc.property(stack, stack, stack, (...texts) => {
      const [a, b, c] = texts.map(load) as [StackModel, StackModel, StackModel];
      const left = mergeModels(mergeModels(a, b, context), c, context);
      expect(left).toEqual(mergeModels(a, mergeModels(b, c, context), context));
    }),
    { numRuns: 60 },
  );
});

test('the normal form is its own normal form', () => {
  fc.assert(
    fc.property(stack, (text) => {
      const once = printConfig(load(text));
      expect(printConfig(load(once))).toBe(once);
    }),
    { numRuns: 60 },
  );
});

test('printed YAML reads back as what was printed', () => {
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'yes',
        'null',
        '1e3',
        '0x1',
        '12:30',
        '2024-01-02',
        '- a',
        'a: b',
        ' x',
        'a\nb\n',
      ),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('node'),
        { maxKeys: 3 },
      ),
    ),
  })).node;
  fc.assert(
    fc.property(tree, (node) => {
      const text = printYaml({ node: node as never });
      expect(parse(text, { version: '1.2', schema: 'core' })).toEqual({ node });
    }),
    { numRuns: 300 },
  );
});

test('a duration reads back from its text', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (ns) => {
      expect(parseDuration(formatDuration(ns))).toEqual({ kind: 'ok', ns });
    }),
  );
});
