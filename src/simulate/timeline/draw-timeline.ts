import { nameIn } from '../report.ts';
import type { Simulation } from '../run-simulation.ts';
import type { Expectations } from '../scenario.ts';
import { drawBreakLabels, drawEvents, drawGround, drawPhases, drawTicks } from './draw-axis.ts';
import { drawLegend } from './draw-legend.ts';
import { drawNode } from './draw-nodes.ts';
import { countLanes, drawService } from './draw-service.ts';
import { placed, stack, textAt, type Section } from './shapes.ts';
import { lostTimesOf } from './task-bars.ts';
import { createTimeAxis, type TimeAxis } from './time-axis.ts';

/** Width of the whole drawing, px. */
export const WIDTH = 1200;
const LEFT = 190;
const RIGHT = 1124;

/** More is not drawn: nobody could read it, and the file would be slow to open. */
const MAX_LANES = 600;
const MAX_SERVICES = 150;
const MAX_NODES = 100;

/** Least available tasks that a scenario expects of a service; undefined when it says nothing. */
export function expectedOf(
  service: { readonly name: string; readonly isJob: boolean },
  expect: Expectations,
): number | undefined {
  const named = nameIn(service.name, expect.minAvailable.keys());
  const own = named === undefined ? undefined : expect.minAvailable.get(named);
  return own ?? (service.isJob ? undefined : expect.minAvailableOfAll);
}

/** Events, services with their slots, and nodes over time; WIDTH wide. */
export function drawTimeline(simulation: Simulation): Section {
  const { report, history } = simulation;
  const { phases, endedAt } = report;
  const axis = createTimeAxis(instantsOf(simulation), endedAt, [LEFT, RIGHT]);
  const events = drawEvents(phases, axis);
  const head = [drawTicks(axis), drawBreakLabels(axis), drawPhases(phases, endedAt, axis)];
  const lanes = stack([...head, ...drawServices(simulation, axis)]);
  const nodes = stack(drawNodes(simulation, axis));
  const top = events.height;
  const bottom = top + lanes.height + nodes.height;
  const legend = drawLegend(history);
  const body = [
    drawGround({ axis, phases }, [top + 16, bottom]),
    placed(events, 0, 'events'),
    placed(lanes, top),
    placed(nodes, top + lanes.height),
    placed(legend, bottom + 10),
  ];
  return { height: bottom + 10 + legend.height, body: body.join('\n') };
}

function instantsOf({ report, history }: Simulation): Set<number> {
  const instants = new Set(report.phases.map((phase) => phase.at));
  for (const { at, convergedAfter } of report.phases) {
    if (convergedAfter !== undefined) instants.add(at + convergedAfter);
  }
  for (const { tasks } of history.services) {
    for (const { moments } of tasks) for (const { at } of moments) instants.add(at);
  }
  for (const { states } of history.nodes) for (const { at } of states) instants.add(at);
  return instants;
}

/** With lanes while they are few; services in trouble are drawn in any case. */
function drawServices({ report, history, expect }: Simulation, axis: TimeAxis): Section[] {
  const { endedAt } = report;
  const lost = lostTimesOf(history.nodes, endedAt);
  const outcomes = new Map(report.services.map((one) => [one.name, one]));
  const lanes = history.services.reduce((sum, one) => sum + countLanes(one), 0);
  const inTrouble = history.services.filter(
    ({ name }) => outcomes.get(name)?.shortfall !== undefined,
  );
  const chosen = new Set([...inTrouble, ...history.services].slice(0, MAX_SERVICES));
  const sections: Section[] = history.services
    .filter((service) => chosen.has(service))
    .map((service) =>
      drawService({
        history: service,
        outcome: outcomes.get(service.name),
        expected: expectedOf(service, expect),
        lost,
        endedAt,
        axis,
        withLanes: lanes <= MAX_LANES,
      }),
    );
  if (lanes > MAX_LANES) sections.push(note(`${lanes} slots are too many to draw one by one`));
  const left = history.services.length - chosen.size;
  if (left > 0) sections.push(note(`and ${left} more services, all as declared at the end`));
  return sections;
}

function drawNodes({ report, history }: Simulation, axis: TimeAxis): Section[] {
  const outcomes = new Map(report.nodes.map((one) => [one.name, one]));
  const frame = { axis, endedAt: report.endedAt };
  const title: Section = { height: 18, body: textAt([8, 12], 'nodes', { look: 'b' }) };
  const shown = history.nodes.slice(0, MAX_NODES);
  const left = history.nodes.length - shown.length;
  const lanes = shown.map((node) => drawNode(node, outcomes.get(node.name), frame));
  return [title, ...lanes, ...(left > 0 ? [note(`and ${left} more nodes`)] : [])];
}

function note(text: string): Section {
  return { height: 20, body: textAt([LEFT, 13], text, { look: 'm' }) };
}
