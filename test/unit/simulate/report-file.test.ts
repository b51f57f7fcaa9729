import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../src/cli/commands/index.ts';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
// Loaded with the file, so that no single test pays for the stack file reader.
import '../../../src/stack/pipeline.ts';
import { createTimeAxis } from '../../../src/simulate/timeline/time-axis.ts';
import { escapeText } from '../../../src/simulate/timeline/escape.ts';
import { createMemoryPlatform } from '../../support/memory-platform.ts';

const STACK = `
services:
  web: {image: "nginx:1", deploy: {replicas: 3}}
  big: {image: "big:1", deploy: {placement: {constraints: [node.labels.x == y]}}}
`;

const SCENARIO = `
nodes: [{name: n1}, {name: '<script>alert(1)</script>'}, {name: n3}]
events: [{at: 30s, lose: n3}, {at: 3m, return: n3}, {at: 4m, remove: n3}]
expect: {min_available: {web: 3}}
`;

async function report(path: string) {
  const memory = createMemoryPlatform({ files: { 's.yml': STACK, 'e.yml': SCENARIO } });
  const argv = ['simulate', '-c', 's.yml', '--scenario', 'e.yml', '--report', path];
  const exitCode = await runCommandLine(argv, memory.platform, ROOT);
  return { exitCode, stderr: memory.stderr(), drawn: memory.replaced.get(path) ?? '' };
}

/** Names of elements in order, after checking that the text is well-formed enough to nest. */
function checkNesting(text: string): void {
  const open: string[] = [];
  for (const [, close, name = '', rest = ''] of text.matchAll(/<(\/?)([a-zA-Z][\w-]*)([^<>]*)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/') && name !== 'meta') open.push(name);
  }
  expect(open).toEqual([]);
}

describe('a report file', () => {
  test.each(['r.svg', 'r.html'])('%s stands alone, is well-formed and named', async (path) => {
    const { exitCode, drawn, stderr } = await report(path);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`report: ${path}`);
    expect(drawn).toContain('role="img" aria-labelledby="tl-title tl-desc"');
    expect(drawn).toContain('<title id="tl-title">Failed: not as declared at the end</title>');
    checkNesting(drawn.replace(/^<!doctype html>/, ''));
    // Nothing is fetched and nothing runs.
    expect(drawn).not.toMatch(/<script|(?:src|href)=|url\((?!#)|@import|javascript:/);
    expect(drawn.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|\/\//);
    expect(drawn).toContain('&lt;script&gt;');
    expect(drawn).toContain('prefers-color-scheme:dark');
  });

  test('shows why tasks wait, what was expected, and what is lost', async () => {
    const { drawn } = await report('r.svg');
    expect(drawn).toContain('scheduling constraints not satisfied on 3 nodes');
    expect(drawn).toMatch(/class="least"/);
    expect(drawn).toContain('on a lost node, +30s to');
    expect(drawn).toContain('lose n3  +30s');
    expect(drawn).toContain('removed');
  });

  test('is refused by its name before anything runs, and by a place that cannot be written', async () => {
    expect((await report('r.png')).exitCode).toBe(64);
    const { exitCode, stderr } = await report('/read-only/r.svg');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('cannot write the report: open /read-only/r.svg: EACCES');
  });
});

test('names cannot break out of the drawing', () => {
  expect(escapeText(`<a b="c">'&\u0000\u202E\uD800`)).toBe(
    '&lt;a b=&quot;c&quot;&gt;&#39;&amp;\uFFFD\uFFFD\uFFFD',
  );
});

describe('the time axis', () => {
  test('skips what is quiet and keeps order', () => {
    const axis = createTimeAxis([0, 1000, 2000, 3000, 600_000, 601_000], 601_000, [0, 900]);
    expect(axis.breaks).toHaveLength(1);
    const places = [0, 1000, 3000, 300_000, 600_000, 601_000].map(axis.x);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.at(-1)).toBeCloseTo(900);
    // Three seconds at the start take more room than ten minutes of nothing.
    expect((places[2] ?? 0) - (places[0] ?? 0)).toBeGreaterThan(300);
  });

  test.each([[[], 0] as const, [[0], 1] as const, [[5, 5, 5], 10] as const])(
    'stands a run of almost nothing: %j',
    (instants, end) => {
      const axis = createTimeAxis(instants, end, [10, 20]);
      expect(axis.x(0)).toBe(10);
      expect(axis.x(end)).toBeLessThanOrEqual(20);
    },
  );
});
