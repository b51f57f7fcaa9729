import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Ambient effects, and what to use in their place. `host` and `cli` are the real world. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'a Clock argument'],
  [/\bnew Date\(\)/, 'a Clock argument'],
  [/\bMath\.random\b/, 'a Random argument'],
  [/(?<!')\bset(Timeout|Interval|Immediate)\b/, 'Clock.at'],
  [/\bprocess\./, 'an argument from cli/context.ts'],
  [/\bconsole\./, 'a result or an event'],
  [/\bTODO\b|\bFIXME\b/, 'the work itself'],
];

/** Areas that touch the real world by nature; a runtime or a transport may also read timers. */
const EXEMPT = ['host/', 'cli/', 'daemon/main.ts'];

function problemsIn(file: string): string[] {
  return readFileSync(join(SRC, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const code = line.replace(/^\s*(\*|\/\/|\/\*).*$/, '');
      return BANNED.filter(([word]) => word.test(code)).map(
        ([word, replacement]) => `${file}:${index + 1} ${word.source}: use ${replacement}`,
      );
    });
}

test('only host and cli reach for ambient time, randomness, process or console', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.includes('generated/') &&
      !EXEMPT.some((area) => file.startsWith(area)),
  );
  expect(files.flatMap(problemsIn)).toEqual([]);
});
