#!/usr/bin/env node
// Replays recorded orchestrator scenarios through the core, in virtual time.
//   npm run conformance:orchestrator -- [FILE|DIR …] [--only REGEX] [--timings swarm] [--seed N] [-v]
// Scenarios that look into containers or logs are skipped and counted: they need a real runtime.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';

register();
const { loadScenarios, runScenario } = await import('./orchestrator/run.ts');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    timings: { type: 'string', default: 'prompt' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
});

const corpus = resolve(import.meta.dirname, '../../../shared/conformance/orchestrator');
if (positionals.length === 0 && !existsSync(corpus)) {
  console.log('orchestrator conformance: no recordings beside the project, nothing run');
  process.exit(0);
}

const wanted = new RegExp(values.only ?? '');
const options = { seed: Number(values.seed), timings: values.timings };
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const place of positionals.length > 0 ? positionals : [corpus]) {
  const scenarios = loadScenarios(place);
  if (!scenarios) {
    console.error(`orchestrator conformance: no such file or folder: ${place}`);
    process.exit(64);
  }
  for (const scenario of scenarios.filter(({ id }) => wanted.test(id))) {
    const { id, kind, why } = runScenario(scenario, options);
    counts[kind] += 1;
    if (kind === 'failed' || values.verbose) {
      console.log([`${kind} ${id}`, ...why].join('\n     '));
    }
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
