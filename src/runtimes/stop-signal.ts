import { constants } from 'node:os';

const REALTIME_MIN = 34;
const REALTIME_MAX = 64;

/**
 * The number of a signal as docker reads it: `SIGTERM`, `term`, `15`, `RTMIN+3`; undefined when it is
 * none.
 * @source moby/sys signal (ParseSignal)
 */
export function parseSignal(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= REALTIME_MAX ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const realtime = /^RT(MIN|MAX)([+-]\d+)?$/.exec(name);
  if (realtime) {
    const base = realtime[1] === 'MIN' ? REALTIME_MIN : REALTIME_MAX;
    const number = base + Number(realtime[2] ?? 0);
    return number >= REALTIME_MIN && number <= REALTIME_MAX ? number : undefined;
  }
  const numbers: Readonly<Record<string, number>> = constants.signals;
  const key = `SIG${name}`;
  return Object.hasOwn(numbers, key) ? numbers[key] : undefined;
}
