import { expect, test } from 'vitest';
import { substituteAsDocker } from '../../../src/stack/docker-template.ts';
import { substitute } from '../../../src/stack/template.ts';

const ENV: Readonly<Record<string, string>> = { A: 'v', EMPTY: '', B: 'b' };
const lookup = (name: string): string | undefined => ENV[name];

/** The text, or what docker would quote in its error. */
function both(template: string): readonly [string, string] {
  const show = (result: ReturnType<typeof substitute>): string =>
    result.kind === 'text' ? result.text : `error ${result.quoted}`;
  return [show(substitute(template, lookup)), show(substituteAsDocker(template, lookup))];
}

const SAME: readonly (readonly [template: string, text: string])[] = [
  ['no variable', 'no variable'],
  ['$A ${A} x$A:z', 'v v xv:z'],
  ['$NONE${NONE}', ''],
  ['${A:-d} ${EMPTY:-d} ${NONE:-d}', 'v d d'],
  ['${A-d} ${EMPTY-d} ${NONE-d}', 'v  d'],
  ['${NONE:-}|${NONE:-:?}', '|:?'],
  ['${A:?no} ${EMPTY?no}', 'v '],
  ['${EMPTY:?gone}', 'error required variable EMPTY is missing a value: gone'],
  ['${NONE?gone}', 'error required variable NONE is missing a value: gone'],
  ['$$A $${A}', '$A ${A}'],
  ['100$', 'error 100$'],
  ['$1', 'error $1'],
  ['${}', 'error ${}'],
  ['${ A }', 'error ${ A }'],
  ['${A!}', 'error ${A!}'],
  ['${A', 'error ${A'],
  ['${NONE:-a$$b}', 'a$$b'],
  ['${NONE:-100$}', '100$'],
  ['$A-tail', 'v'],
  ['$NONE-tail', 'tail'],
  ['x $NONE:-three}four', 'x three}four'],
  ['${NONE-x:-y}', 'y'],
];

test.each(SAME)('reads %j as docker does', (template, text) => {
  expect(both(template)).toEqual([text, text]);
});

const FIXED: readonly (readonly [template: string, ours: string, docker: string])[] = [
  ['${NONE?not-set}', 'error required variable NONE is missing a value: not-set', 'set'],
  ['${NONE:?x}:$A', 'error required variable NONE is missing a value: x', ':v'],
  ['$ $A', 'error $ $A', ' v'],
  ['${NONE:-${B}}', 'b', '${B}'],
  ['${NONE:-$B}', 'b', '$B'],
  ['${NONE:-${NONE:-deep}}', 'deep', '${NONE:-deep}'],
  ['${A:+x} ${EMPTY:+x}${EMPTY+y}', 'x y', 'error ${A:+x} ${EMPTY:+x}${EMPTY+y}'],
];

test.each(FIXED)('mends %j, and repeats the defect when asked', (template, ours, docker) => {
  expect(both(template)).toEqual([ours, docker]);
});
