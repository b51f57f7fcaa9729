#!/usr/bin/env node
// Runs scheduling decision tables through our scheduler and judges the outcome.
//   npm run conformance:scheduler -- [CASES.json] [--results FILE]
// Any file of the form described in README.md beside the shared cases will do.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';

register();
const { runCase } = await import('./scheduler-case.ts');
const { judgeCase } = await import('./scheduler-judge.ts');

const root = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { results: { type: 'string' } },
});
const file = resolve(positionals[0] ?? resolve(root, '../shared/conformance/scheduler/cases.json'));

if (positionals.length === 0 && !existsSync(file)) {
  console.log('scheduler conformance: no recorded cases here, nothing run');
  process.exit(0);
}

const { cases } = JSON.parse(readFileSync(file, 'utf8'));

/** Runs and judges cases under one rule; returns the results and the number of failures. */
function run(rule, chosen) {
  let failed = 0;
  const results = chosen.map((one) => {
    const groups = runCase(one, rule);
    const problems = judgeCase(one, groups);
    if (problems.length > 0) {
      failed += 1;
      console.log([`FAIL ${one.id} (${rule} rule)`, ...problems].join('\n     '));
    }
    return { id: one.id, groups };
  });
  console.log(
    `scheduler conformance, ${rule} rule: ${chosen.length - failed} of ${chosen.length} as recorded`,
  );
  return { results, failed };
}

const swarm = run('swarm', cases);
// The recordings tell what an even spread may come to for single groups only.
const balanced = run(
  'balanced',
  cases.filter((one) => one.pending.length === 1 || one.pending.every((group) => group.node)),
);
if (values.results) writeFileSync(values.results, JSON.stringify(swarm.results));
process.exitCode = swarm.failed + balanced.failed > 0 || cases.length === 0 ? 1 : 0;
