import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import {
  MAX_DIAGNOSTICS,
  diagnosticsToJson,
  renderDiagnostics,
} from '../../../src/base/render-diagnostic.ts';

function at(line: number, from: number, to: number, endLine = line): Diagnostic {
  return {
    code: 'unknown-key',
    severity: 'error',
    message: 'a message',
    span: { file: 'f.yml', start: { line, column: from }, end: { line: endLine, column: to } },
  };
}

function render(text: string, diagnostic: Diagnostic): string[] {
  return renderDiagnostics([diagnostic], [{ file: 'f.yml', text }]).split('\n');
}

test('shows place, message, the line before, carets and the hint', () => {
  const text = 'services:\n  web:\n    helthcheck: {}\n';
  const one = { ...at(3, 5, 15), hint: 'did you mean "healthcheck"?' };
  expect(render(text, one)).toEqual([
    'f.yml:3:5: error unknown-key: a message',
    '    2 |   web:',
    '    3 |     helthcheck: {}',
    '      |     ^^^^^^^^^^',
    '  hint: did you mean "healthcheck"?',
  ]);
});

test('underlines the first line of a long place', () => {
  expect(render('a:\n  b: 1\n', at(1, 1, 7, 2)).slice(1)).toEqual(['    1 | a:', '      | ^^']);
});

test('keeps carets under wide characters, behind tabs and with CR LF', () => {
  expect(render('한글: x\r\n', at(1, 5, 6)).slice(1)).toEqual([
    '    1 | 한글: x',
    '      |       ^',
  ]);
  expect(render('\tx: y', at(1, 2, 3)).slice(1)).toEqual(['    1 |     x: y', '      |     ^']);
});

test('cuts long lines around the place', () => {
  const lines = render(`${'a'.repeat(500)}X${'b'.repeat(500)}`, at(1, 501, 502));
  expect(lines[1]).toMatch(/^ {4}1 \| …a{40}Xb{59}…$/);
  expect(lines[2]?.indexOf('^')).toBe(lines[1]?.indexOf('X'));
});

test('shows a place at the very end of a text', () => {
  expect(render('a: "x', at(1, 6, 6)).slice(1)).toEqual(['    1 | a: "x', '      |      ^']);
});

test('lets no control character through', () => {
  const [first = '', second = ''] = render('a: \u001b[31mred', {
    ...at(1, 1, 2),
    message: 'x\u001b[2Jy',
  });
  expect(first + second).not.toContain('\u001b');
});

test('sorts by place and counts what is left out, warnings first', () => {
  const warning: Diagnostic = { ...at(1, 1, 2), severity: 'warning', code: 'w' };
  const many = [warning, ...Array.from({ length: 120 }, (_, index) => at(121 - index, 1, 2))];
  const { diagnostics, omitted } = diagnosticsToJson(many);
  expect(omitted).toBe(21);
  expect(diagnostics).toHaveLength(MAX_DIAGNOSTICS);
  expect(diagnostics.map((one) => one.span?.start.line)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 22),
  );
  expect(renderDiagnostics(many, []).endsWith('… and 21 more')).toBe(true);
});
