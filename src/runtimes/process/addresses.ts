import { sha256Hex } from '../../base/hash.ts';
import type { Random } from '../../base/random.ts';

/** Octets that tasks' addresses begin with: 127.128 to 127.254. Virtual IPs are below. */
const FIRST = 128;
const SPAN = 127;

/** Task ports: below the range that Linux takes for outgoing connections. */
const PORT_BASE = 20_000;
const PORT_SPAN = 12_000;

/**
 * A loopback address for a task: always the same for one id, unless another task has it.
 * @throws Error when every address is taken
 */
export function chooseAddress(taskId: string, used: ReadonlySet<string>): string {
  const size = SPAN * 256 * 254;
  const start = Number.parseInt(sha256Hex(taskId).slice(0, 12), 16) % size;
  for (let step = 0; step < Math.min(size, used.size + 1); step += 1) {
    const at = (start + step) % size;
    const second = FIRST + Math.floor(at / (256 * 254));
    const address = `127.${second}.${Math.floor(at / 254) % 256}.${(at % 254) + 1}`;
    if (!used.has(address)) return address;
  }
  throw new Error('every loopback address for tasks is taken');
}

/** A port that no other task has; undefined when there is none. */
export function choosePort(random: Random, used: ReadonlySet<number>): number | undefined {
  const start = Math.floor(random.next() * PORT_SPAN);
  for (let step = 0; step < PORT_SPAN; step += 1) {
    const port = PORT_BASE + ((start + step) % PORT_SPAN);
    if (!used.has(port)) return port;
  }
  return undefined;
}
