import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { readSimulationInput } from '../simulation-input.ts';
import { checkReportPath, writeReport } from '../simulation-report.ts';
import { SIMULATION_OPTIONS } from '../simulation-options.ts';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Run a stack on simulated nodes in virtual time, and test what happens to it',
  description:
    'Needs no engine, except with --from-cluster, which only reads. A scenario file (YAML; every ' +
    'part is optional; schemas/scenario.schema.json) says nodes: [{name, role, cpus, memory, labels, ' +
    'engine_labels, platform, generic, availability}]; images: {IMAGE: {start, stop, fail_after, ' +
    'exit_code, unhealthy_after, crash_chance}}; events: [{at: 30s, ' +
    'lose|return|drain|pause|activate|remove|add: NODE}, {at: 60s, update: STACKFILE}]; expect: ' +
    '{min_available: N or {SERVICE: N}, converges_within: 5m}. Unless told otherwise a node has 4 ' +
    'CPUs and 8G, and a container starts in 2s, stops in 1s and never fails. Exit 0: all services ' +
    'are as declared at the end and every expectation is met. 1: not so. 3: files invalid.',
  arguments: { stack: { placeholder: 'STACK', count: 'optional', complete: 'stack' } },
  options: SIMULATION_OPTIONS,
  examples: [
    { command: 'tstack simulate -c compose.yml', text: 'Does it fit on three nodes?' },
    {
      command: 'tstack simulate -c compose.yml --scenario lost-node.yml --report lost-node.html',
      text: 'Does it survive this? The exit code tells, the picture shows',
    },
    {
      command: 'tstack simulate -c compose.yml --from-cluster web',
      text: 'What would a deploy of stack web do to the cluster as it is?',
    },
  ],
  async run(flags, context) {
    const { report: path } = flags;
    if (path !== undefined) checkReportPath(path);
    const input = await readSimulationInput(flags, context);
    const { formatTimeline, runSimulation } = await import('../../simulate/run-simulation.ts');
    const simulation = runSimulation(input);
    const { report } = simulation;
    const timeline = formatTimeline(simulation);
    if (path !== undefined) await writeReport(path, simulation, context);
    if (flags.format === 'json') {
      context.stdout.write(`${JSON.stringify({ ...report, timeline }, null, 2)}\n`);
    } else {
      const { renderSimulation } = await import('../render-simulation.ts');
      context.stdout.write(renderSimulation(report, timeline));
    }
    return report.passed ? EXIT_CODE.ok : EXIT_CODE.failed;
  },
});
