#!/usr/bin/env node
// Runs the orchestrator scenarios against a real daemon, and those that failed again on clusters of
// their own: among equal nodes the lower id is taken and ids are random, so a recorded tie is met by
// some clusters and not by others (DECISIONS.md, D-0182). What fails every time is an error.
//   npm run conformance:embedded -- [options of the driver, e.g. --only REGEX]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SHARED = resolve(import.meta.dirname, '../../../shared');
const DRIVER = join(SHARED, 'tools/orchestrator/driver.mjs');
/** A tie of the corpus is met by one cluster in two at least: missing it so often is one in 250. */
const TRIES = 8;

if (!existsSync(DRIVER)) {
  console.log('orchestrator conformance: no recordings beside the project, nothing run');
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'tstack-conformance-'));

/** @returns ids of the scenarios that failed */
function play(args) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const adapter = join(import.meta.dirname, 'orchestrator-adapter.mjs');
  const corpus = join(SHARED, 'conformance/orchestrator');
  const all = [DRIVER, '--adapter', adapter, corpus, '--report', report, ...args];
  spawnSync(process.execPath, all, { stdio: 'inherit' });
  if (!existsSync(report)) throw new Error('the driver ended without a report');
  const outcomes = JSON.parse(readFileSync(report, 'utf8'));
  return outcomes.filter((one) => one.status === 'fail').map((one) => one.id);
}

let failed = play(process.argv.slice(2));
for (let tries = 1; failed.length > 0 && tries < TRIES; tries += 1) {
  console.log(`again, on another cluster: ${failed.join(' ')}`);
  failed = play(['--only', `^(${failed.join('|')})$`]);
}
rmSync(folder, { recursive: true });
console.log(failed.length === 0 ? 'all scenarios were met' : `failed: ${failed.join(' ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
