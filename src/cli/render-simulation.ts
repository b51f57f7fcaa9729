import { formatMs, type ServiceOutcome, type SimulationReport } from '../simulate/report.ts';
import { alignColumns } from './render/align-columns.ts';

/** A simulation's report for people; ends with a line feed. */
export function renderSimulation(report: SimulationReport, timeline: readonly string[]): string {
  const parts = [
    section('TIMELINE', timeline),
    alignColumns(['EVENT\tAT\tALL AS DECLARED', ...report.phases.map(phaseRow)].join('\n')),
    alignColumns(['SERVICE\tRUNNING\tLEAST\tTASKS', ...report.services.map(serviceRow)].join('\n')),
    alignColumns(['NODE\tSTATE\tTASKS', ...report.nodes.map(nodeRow)].join('\n')),
    section('PENDING', report.services.flatMap(pendingLines)),
    section('STUCK', report.services.flatMap(stuckLines)),
    section('EXPECTED', report.expectations.map(expectationLine)),
    verdict(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines].join('\n');
}

function phaseRow({ cause, at, convergedAfter }: SimulationReport['phases'][number]): string {
  const after = convergedAfter === undefined ? 'no' : `after ${formatMs(convergedAfter)}`;
  return `${cause}\t+${formatMs(at)}\t${after}`;
}

function serviceRow(service: ServiceOutcome): string {
  const { name, isJob, available, wanted, leastAvailable, tasks } = service;
  const running = isJob ? `${available} (job)` : `${available}/${wanted}`;
  const places = tasks.map((task) => `${task.name} on ${task.node}`).join(', ');
  return `${name}\t${running}\t${leastAvailable ?? '-'}\t${places === '' ? '-' : places}`;
}

function nodeRow({ name, state, tasks }: SimulationReport['nodes'][number]): string {
  return `${name}\t${state}\t${tasks}`;
}

function pendingLines({ pending }: ServiceOutcome): readonly string[] {
  return pending.map(({ name, reason }) => `${name}: ${reason}`);
}

/** The update that can never reach its end, and what would let it. */
function stuckLines({ stuck }: ServiceOutcome): readonly string[] {
  if (!stuck) return [];
  const { service, order, slots, reachable, reason, nextSteps } = stuck;
  return [
    `the update of ${service} can never finish (${order}): after ${reachable} of ${slots} more slots, ${reason}`,
    ...nextSteps.map((step) => `  ${step}`),
  ];
}

function expectationLine({ text, met, found }: SimulationReport['expectations'][number]): string {
  return `${met ? 'met' : 'FAILED'}: ${text} (${found})`;
}

function verdict({ services, converged, passed, endedAt }: SimulationReport): string {
  const reasons = services.flatMap(({ name, shortfall }) =>
    shortfall === undefined ? [] : [`  ${name}: ${shortfall}`],
  );
  const time = `in ${formatMs(endedAt)} of simulated time`;
  if (!converged) return ['not as declared at the end:', ...reasons].join('\n');
  return passed ? `passed ${time}` : 'failed: an expectation is not met';
}
