import { formatMs } from '../report.ts';
import type { Simulation } from '../run-simulation.ts';
import { pendingSpells } from './pending.ts';

/** What a simulation says in words: a headline, and lines with a sign. */
export interface Verdict {
  readonly passed: boolean;
  readonly headline: string;
  /** How large it was. */
  readonly facts: string;
  readonly lines: readonly VerdictLine[];
  /** Why tasks waited. */
  readonly pending: readonly string[];
}

export interface VerdictLine {
  readonly good: boolean;
  readonly text: string;
}

const MAX_LINES = 12;

/** The same words in every report. */
export function toVerdict(simulation: Simulation): Verdict {
  const { report, history } = simulation;
  const { passed, converged, services, nodes, endedAt, seed } = report;
  const short = services.flatMap(({ name, shortfall }) =>
    shortfall === undefined ? [] : [{ good: false, text: `${name}: ${shortfall}` }],
  );
  const expectations = report.expectations.map(({ met, text, found }) => ({
    good: met,
    text: `${text} (${found})`,
  }));
  const tasks = services.reduce((sum, one) => sum + one.available, 0);
  return {
    passed,
    headline: headline(passed, converged),
    facts: `${count(services.length, 'service')}, ${count(tasks, 'running task')}, ${count(nodes.length, 'node')}; ${formatMs(endedAt)} of simulated time, seed ${seed}`,
    // What failed comes first, and is not cut off by what did not.
    lines: capped(sortedByGood([...short, ...expectations]), (left) => ({
      good: passed,
      text: `and ${left} more`,
    })),
    pending: capped(
      pendingSpells(history, endedAt).map(({ tasks: waiting, reason, from, to, lasts }) => {
        const [first = ''] = waiting;
        const more = waiting.length > 1 ? ` and ${waiting.length - 1} more` : '';
        const until = lasts ? 'to the end' : `for ${formatMs(to - from)}`;
        return `${first}${more}: ${reason} (from +${formatMs(from)} ${until})`;
      }),
      (left) => `and ${left} more`,
    ),
  };
}

function sortedByGood(lines: readonly VerdictLine[]): readonly VerdictLine[] {
  return [...lines.filter((one) => !one.good), ...lines.filter((one) => one.good)];
}

function headline(passed: boolean, converged: boolean): string {
  if (passed) return 'Passed: all services are as declared';
  return converged ? 'Failed: an expectation is not met' : 'Failed: not as declared at the end';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function capped<T>(lines: readonly T[], rest: (left: number) => T): readonly T[] {
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), rest(lines.length - MAX_LINES)];
}
