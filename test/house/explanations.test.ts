import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { EXPLANATIONS } from '../../src/cli/explain/index.ts';
import { LINT_RULES } from '../../src/stack/lint/index.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** Where a code is written: as a member, as the branch of one, or handed to a reporting function. */
const PATTERNS = [
  /\bcode: '([a-z]+(?:-[a-z0-9]+)*)'/g,
  /\bcode: [^,;{}']*\? '([a-z]+(?:-[a-z0-9]+)*)'/g,
  /\bcode: [^,;{}]*\? '[a-z-]+' : '([a-z]+(?:-[a-z0-9]+)*)'/g,
  /\b(?:refuse|problem|reportHere|fail)\(\s*'([a-z]+(?:-[a-z0-9]+)+)'/g,
];

function codesIn(file: string): readonly (readonly [code: string, place: string])[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return PATTERNS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split('\n').length;
      return [match[1] ?? '', `src/${file}:${line}`] as const;
    }),
  );
}

test('every diagnostic code has an explanation in src/cli/explain', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.includes('generated'),
  );
  const used = files.flatMap(codesIn);
  expect(used.length).toBeGreaterThan(100);
  const rules = LINT_RULES.map(({ code }) => [code, 'src/stack/lint'] as const);
  const missing = [...used, ...rules].filter(([code]) => !Object.hasOwn(EXPLANATIONS, code));
  expect(missing.map(([code, place]) => `${place} ${code}: add it to src/cli/explain`)).toEqual([]);
});

test('an explanation says cause, example and fix in whole sentences', () => {
  for (const [code, { cause, example, fix }] of Object.entries(EXPLANATIONS)) {
    expect(cause, code).toMatch(/^\S.*\.$/);
    expect(fix, code).toMatch(/\.$/);
    expect(example, code).not.toBe('');
  }
});
