import { describe, expect, test } from 'vitest';
import { parseVolume, type DriveRule } from '../../../../src/stack/keys/parse-volume.ts';

function shown(written: string, drives: DriveRule): string {
  const parsed = parseVolume(written, drives);
  if (parsed.kind === 'error') return parsed.reason;
  const { type, source, target, readOnly, noCopy, propagation } = parsed.volume;
  const words = [readOnly && 'ro', noCopy && 'nocopy', propagation].filter(Boolean);
  return [type, source ?? '-', target, ...words].join(' ');
}

test.each([
  ['/d', 'volume - /d'],
  ['v', 'volume - v'],
  ['data:/data', 'volume data /data'],
  ['./a:/b:ro', 'bind ./a /b ro'],
  ['~/a:/b:rw,rslave', 'bind ~/a /b rslave'],
  ['data:/b:nocopy,z,cached', 'volume data /b nocopy'],
  ['data:/b:ro,rw', 'volume data /b'],
  [String.raw`C:\data:D:\target`, String.raw`bind C:\data D:\target`],
  [String.raw`data:C:\d:ro`, String.raw`volume data C:\d ro`],
  [String.raw`\\.\pipe\x:/y`, String.raw`bind \\.\pipe\x /y`],
  ['', 'invalid empty volume spec'],
  ['/foo::ro', 'invalid spec: /foo::ro: empty section between colons'],
  [':/vol', 'invalid spec: :/vol: empty section between colons'],
  ['/a:/b:ro:x', 'invalid spec: /a:/b:ro:x: too many colons'],
])('%s under both rules', (written, expected) => {
  expect(shown(written, 'always')).toBe(expected);
  expect(shown(written, 'when-plausible')).toBe(expected);
});

describe('a single letter before a colon', () => {
  test.each([
    ['v:/data', 'volume - v:/data', 'volume v /data'],
    ['w:/x:ro', 'bind w:/x ro', 'volume w /x ro'],
    ['c:/data:/target', 'bind c:/data /target', 'bind c:/data /target'],
  ])('%s is a drive for docker, a volume for us when it can be one', (written, docker, ours) => {
    expect(shown(written, 'always')).toBe(docker);
    expect(shown(written, 'when-plausible')).toBe(ours);
  });
});
