import { expect, test } from 'vitest';
import { StackFileError } from '../../../src/base/errors.ts';
import { MAX_FILES } from '../../../src/stack/source-book.ts';
import { loadText } from '../../support/load-fixture.ts';

/** Codes of the errors that loading gives; empty when it succeeds. */
function codesOf(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    loadText(text, { files });
    return [];
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    return [...new Set(error.diagnostics.map(({ code }) => code))];
  }
}

function chainOfServices(length: number): string {
  const services = Array.from({ length }, (_all, at) => `  s${at}: {extends: s${at + 1}}`);
  return `name: shop\nservices:\n${services.join('\n')}\n  s${length}: {image: app}\n`;
}

test('a hundred services may extend one another, and no more', () => {
  expect(codesOf(chainOfServices(100))).toEqual([]);
  expect(codesOf(chainOfServices(101).replace('s0', 'a0'))).toEqual(['extends-too-long']);
});

test('projects may include one another to a bounded depth', () => {
  const files = (depth: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: depth }, (_all, at) => [
        `f${at}.yml`,
        at === depth - 1 ? 'services: {last: {image: app}}' : `include: [f${at + 1}.yml]`,
      ]),
    );
  expect(codesOf('include: [f0.yml]\n', files(32))).toEqual([]);
  expect(codesOf('include: [f0.yml]\n', files(40))).toEqual(['include-too-deep']);
});

test('the number of files is bounded', () => {
  const names = Array.from({ length: MAX_FILES }, (_all, at) => `f${at}.yml`);
  const files = Object.fromEntries(names.map((name) => [name, 'services: {}']));
  expect(codesOf(`include: [${names.slice(1).join(', ')}]\n`, files)).toEqual([]);
  expect(codesOf(`include: [${names.join(', ')}]\n`, files)).toEqual(['too-many-files']);
});

test('a thousand services that extend the same one are quick', () => {
  const services = Array.from({ length: 1000 }, (_all, at) => `  s${at}: {extends: base}`);
  const { model } = loadText(
    `name: shop\nservices:\n  base: {image: app, ports: ["80"]}\n${services.join('\n')}\n`,
  );
  expect(Object.keys(model.services)).toHaveLength(1001);
});

test('hostile names are names', () => {
  const text =
    'name: shop\nservices:\n  constructor: {extends: toString}\n  toString: {image: app}\n';
  const { model } = loadText(text);
  expect(model.services['constructor']?.image).toBe('app');
  expect(codesOf('name: shop\nservices:\n  a: {extends: valueOf}\n')).toEqual([
    'extends-unknown-service',
  ]);
});
