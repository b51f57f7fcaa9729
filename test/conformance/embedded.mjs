#!/usr/bin/env node
// Runs the orchestrator scenarios against a real daemon.
//   npm run conformance:embedded -- [options of the driver, e.g. --only REGEX]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SHARED = resolve(import.meta.dirname, '../../../shared');
const DRIVER = join(SHARED, 'tools/orchestrator/driver.mjs');

if (!existsSync(DRIVER)) {
  console.log('orchestrator conformance: no recordings beside the project, nothing run');
  process.exit(0);
}

const adapter = join(import.meta.dirname, 'orchestrator-adapter.mjs');
const corpus = join(SHARED, 'conformance/orchestrator');
const args = [DRIVER, '--adapter', adapter, corpus, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
