// Measuring whole processes side by side.
import { spawn } from 'node:child_process';

/** Wall-clock milliseconds of one process; rejects when it fails. */
export function timeProcess([command, ...args], { env = process.env, cwd, allow = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - start;
      if (allow.includes(code)) resolve(ms);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`));
    });
  });
}

/**
 * Runs every variant once a round, in turn, so that what disturbs the machine disturbs all of them.
 * @param variants - name to function that gives milliseconds
 * @returns name to median
 */
export async function interleave(variants, rounds) {
  const samples = new Map(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(variants)) samples.get(name).push(await run());
  }
  return Object.fromEntries([...samples].map(([name, times]) => [name, median(times)]));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The docker command, when it is on the PATH and knows `stack`. */
export async function findDocker() {
  try {
    await timeProcess(['docker', 'stack', '--help']);
    return 'docker';
  } catch {
    return undefined;
  }
}
