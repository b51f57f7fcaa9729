#!/usr/bin/env node
// Runs scheduling decision tables through our scheduler and judges the outcome.
//   npm run conformance:scheduler -- [CASES.json] [--results FILE]
// Any file of the form described in README.md beside the shared cases will do.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';

register();
const { predictCase, runCase } = await import('./scheduler-case.ts');
const { judgeCase, judgePrediction } = await import('./scheduler-judge.ts');

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

/** Judges what we foretell of a real Swarm; returns the number of failures. */
function runPredictions(chosen) {
  let failed = 0;
  let judged = 0;
  for (const one of chosen) {
    const predictions = predictCase(one);
    if (!predictions) continue;
    judged += 1;
    const problems = judgePrediction(one, predictions);
    if (problems.length === 0) continue;
    failed += 1;
    console.log([`FAIL ${one.id} (prediction)`, ...problems].join('\n     '));
  }
  console.log(`scheduler conformance, predictions: ${judged - failed} of ${judged} as recorded`);
  return failed;
}

// The recordings tell what an even spread, and each tie, may come to for single groups only.
const single = cases.filter((one) => one.pending.length === 1);
const swarm = run('swarm', cases);
const balanced = run('balanced', single);
const failedPredictions = runPredictions(single);
if (values.results) writeFileSync(values.results, JSON.stringify(swarm.results));
process.exitCode =
  swarm.failed + balanced.failed + failedPredictions > 0 || cases.length === 0 ? 1 : 0;
