#!/usr/bin/env node
// Measures side by side, in one run, and prints ratios.
//   npm run bench -- [NAME…] [--rounds N] [--json FILE]
// Numbers depend on the machine, ratios much less. Nothing fails here: a bench is not a test.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHES } from './index.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '15' }, json: { type: 'string' } },
});
const bin = resolve(import.meta.dirname, '../../bin/tstack.js');
if (!existsSync(resolve(import.meta.dirname, '../../dist/tstack.chunks'))) {
  console.error('bench: run `npm run build` first');
  process.exit(1);
}
const unknown = positionals.filter((name) => !BENCHES.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(
    `bench: unknown: ${unknown.join(', ')}; there are: ${BENCHES.map((one) => one.name).join(', ')}`,
  );
  process.exit(1);
}

const chosen = BENCHES.filter((one) => positionals.length === 0 || positionals.includes(one.name));
const report = {};
for (const bench of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'tstack-bench-'));
  try {
    const rows = await bench.run({ bin, folder, rounds: Number(values.rounds) });
    report[bench.name] = rows;
    console.log(`\n${bench.name}: ${bench.summary}`);
    for (const row of rows) console.log(`  ${formatRow(row)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (values.json) writeFileSync(values.json, JSON.stringify(report, null, 2));

function formatRow({ name, ms, base, ratio, limit }) {
  const against = ratio === undefined ? '' : `${ratio.toFixed(2)}x ${base}`;
  const promise = limit === undefined ? '' : ` (${ratio <= limit ? 'within' : 'MISSES'} ${limit}x)`;
  return `${name.padEnd(46)} ${ms.toFixed(1).padStart(9)}   ${against}${promise}`.trimEnd();
}
