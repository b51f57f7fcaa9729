import { describe, expect, test } from 'vitest';
import { toInstant } from '../../../../src/base/clock.ts';
import { describeAge, describeDuration } from '../../../../src/cli/render/age.ts';
import { alignColumns } from '../../../../src/cli/render/align-columns.ts';
import { displayWidth } from '../../../../src/base/display-width.ts';
import { truncateToWidth } from '../../../../src/cli/render/truncate.ts';
import type { Listing } from '../../../../src/cli/render/listing.ts';
import { compareNatural } from '../../../../src/cli/render/natural-order.ts';
import { renderListing } from '../../../../src/cli/render/render-listing.ts';

test('names sort naturally', () => {
  const names = ['app10', 'app2', 'Zed', 'app', 'app02', 'a-1', 'a1', '9', '10x', 'app2b'];
  expect(names.sort(compareNatural)).toEqual([
    '9',
    '10x',
    'Zed',
    'a1',
    'a-1',
    'app',
    'app2',
    'app2b',
    'app02',
    'app10',
  ]);
});

const SECOND = 1000;
const HOUR = 3600 * SECOND;

test.each([
  [0, 'less than a second'],
  [1.5 * SECOND, '1 second'],
  [59.9 * SECOND, '59 seconds'],
  [60 * SECOND, 'about a minute'],
  [120 * SECOND, '2 minutes'],
  [59 * 60 * SECOND, '59 minutes'],
  [HOUR, 'about an hour'],
  [1.49 * HOUR, 'about an hour'],
  [1.5 * HOUR, '2 hours'],
  [47 * HOUR, '47 hours'],
  [48 * HOUR, '2 days'],
  [13.9 * 24 * HOUR, '13 days'],
  [14 * 24 * HOUR, '2 weeks'],
  [60 * 24 * HOUR, '2 months'],
  [2 * 365 * 24 * HOUR, '2 years'],
  [2026 * 365 * 24 * HOUR, '292 years'],
])('%d ms is %s', (durationMs, expected) => {
  expect(describeDuration(durationMs)).toBe(expected);
});

test('an age needs a time', () => {
  expect(describeAge('1970-01-01T00:00:05.123456789Z', toInstant(70_000))).toBe(
    'about a minute ago',
  );
  expect(describeAge(undefined, toInstant(0))).toBe('');
});

test('columns are as wide as their longest cell, and ten at least', () => {
  expect(alignColumns('NAME\tN\na\t1\n')).toBe('NAME      N\na         1\n');
  expect(alignColumns('ID\tNAME\n123456789\tx\n')).toBe('ID          NAME\n123456789   x\n');
});

test('wide characters count two columns, combining ones none', () => {
  expect(displayWidth('日本')).toBe(4);
  expect(displayWidth('e\u0301🚀')).toBe(3);
  expect(alignColumns('日本日本日\tx\nabc\ty')).toBe('日本日本日   x\nabc          y');
  expect(truncateToWidth('日本日本', 5)).toBe('日本…');
  expect(truncateToWidth('abcd', 4)).toBe('abcd');
});

const LISTING: Listing = {
  titles: { Id: 'ID', Name: 'NAME' },
  columns: ['Id', 'Name'],
  rows: [
    { Id: '1', Name: 'a>b' },
    { Id: '2', Name: 'c' },
  ],
  tableRows: [
    { Id: '1', Name: 'a>b' },
    { Id: '2', Name: ' \\_ c' },
  ],
  raw: [
    ['id', 'Id'],
    ['name', 'Name'],
  ],
  quietField: 'Id',
};

describe('a listing', () => {
  test.each([
    [undefined, 'ID        NAME\n1         a>b\n2          \\_ c\n'],
    ['table', 'ID        NAME\n1         a>b\n2          \\_ c\n'],
    ['table {{.Name}}\\t{{.Id}}', 'NAME      ID\na>b       1\n \\_ c     2\n'],
    ['table {{upper .Name}}', 'NAME\nA>B\n \\_ C\n'],
    ['json', '{"Id":"1","Name":"a\\u003eb"}\n{"Id":"2","Name":"c"}\n'],
    ['raw', 'id: 1\nname: a>b\n\nid: 2\nname: c\n\n'],
    ['{{.Id}}\\n-', '1\n-\n2\n-\n'],
    ['  {{.Name}} ', 'a>b\nc\n'],
    ['{{.Name}}\r', 'a>b\r\nc\r\n'],
    [' ', '\n\n'],
    ['', 'ID        NAME\n1         a>b\n2          \\_ c\n'],
    ['table{{.Name}}', 'NAME\na>b\n \\_ c\n'],
    [' table {{.Name}}', 'table a>b\ntable c\n'],
    ['{{json .Name}}', '"a>b"\n"c"\n'],
    ['{{json .}}', '{"Id":"1","Name":"a\\u003eb"}\n{"Id":"2","Name":"c"}\n'],
  ])('as %s', (format, expected) => {
    expect(renderListing(LISTING, { format })).toBe(expected);
  });

  test('quietly prints ids', () => {
    expect(renderListing(LISTING, { format: undefined, quiet: true })).toBe('1\n2\n');
    expect(renderListing(LISTING, { format: 'raw', quiet: true })).toBe('id: 1\nid: 2\n');
  });

  test('explains a wrong template', () => {
    const render = (format: string) => () => renderListing(LISTING, { format });
    expect(render('{{.Nam}}')).toThrow(
      expect.objectContaining({
        message:
          'template parsing error: template: :1:2: executing "" at <.Nam>: can\'t evaluate field Nam',
        hint: 'Did you mean .Name? Fields: .Id .Name',
        exitCode: 1,
      }),
    );
    expect(render('{{.Name')).toThrow('template parsing error: template: :1: unclosed action');
  });
});
