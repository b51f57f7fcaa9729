#!/usr/bin/env node
// Runs the built command line over recorded `docker stack` cases.
//   npm run conformance:stack -- [DIR…] [-f REGEX] [--strict] [--no-divergence] [-v]
// Without DIR the recordings beside the project are used; TSTACK_COMPAT reaches the command.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const VALUE_FLAGS = new Set(['-f', '--filter', '-j', '--jobs', '--json']);

const root = resolve(import.meta.dirname, '../..');
const shared = resolve(root, '../shared');
const runner = resolve(shared, 'tools/stack-conformance.mjs');
const bin = resolve(root, 'bin/tstack.js');

const args = process.argv.slice(2);
const hasDirectory = args.some((arg, at) => !arg.startsWith('-') && !VALUE_FLAGS.has(args[at - 1]));
const corpus = resolve(shared, 'conformance/stack');

if (!existsSync(runner) || (!hasDirectory && !existsSync(corpus))) {
  console.log('stack conformance: no recordings beside the project, nothing run');
  process.exit(0);
}
if (!existsSync(resolve(root, 'dist'))) {
  console.error('stack conformance: run `npm run build` first');
  process.exit(1);
}

// A deploy waits five seconds for its monitor window, doing nothing: many can wait at once.
const jobs = args.some((arg) => arg === '-j' || arg === '--jobs') ? [] : ['-j', '12'];

const { status } = spawnSync(
  process.execPath,
  [runner, ...jobs, ...args, ...(hasDirectory ? [] : [corpus])],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TSTACK: `${process.execPath} ${bin}`,
      CONFORMANCE_PASS_ENV: 'TSTACK_COMPAT',
    },
  },
);
process.exit(status ?? 1);
