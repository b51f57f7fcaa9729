import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { readSimulationInput } from '../simulation-input.ts';
import { COMPOSE_FILE_OPTION } from '../stack-files.ts';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Run a stack on simulated nodes in virtual time, and test what happens to it',
  description:
    'Needs no engine. A scenario file (YAML; every part is optional) says nodes: [{name, role, cpus, ' +
    'memory, labels}]; images: {IMAGE: {start, stop, fail_after, exit_code, unhealthy_after}}; events: ' +
    '[{at: 30s, lose|return|drain|pause|activate: NODE}, {at: 60s, update: STACKFILE}]; expect: ' +
    '{min_available: N or {SERVICE: N}, converges_within: 5m}. Unless told otherwise a node has 4 ' +
    'CPUs and 8G, and a container starts in 2s, stops in 1s and never fails. Exit 0: all services ' +
    'are as declared at the end and every expectation is met. 1: not so. 3: files invalid.',
  arguments: {},
  options: {
    composeFile: COMPOSE_FILE_OPTION,
    scenario: { kind: 'string', placeholder: 'FILE', help: 'Scenario file', complete: 'file' },
    nodes: {
      kind: 'count',
      placeholder: 'N',
      help: 'Number of equal nodes, the first a manager, when the scenario names none (default 3)',
    },
    seed: { kind: 'count', placeholder: 'N', default: 1, help: 'Seed of ids and heartbeats' },
    until: { kind: 'duration', default: '10m', help: 'Simulated time after which to stop' },
    format: { kind: 'choice', choices: ['text', 'json'], default: 'text', help: 'How to print it' },
  },
  examples: [
    { command: 'tstack simulate -c compose.yml', text: 'Does it fit on three nodes?' },
    {
      command: 'tstack simulate -c compose.yml --scenario lost-node.yml',
      text: 'Does it survive this? The exit code tells',
    },
  ],
  async run(flags, context) {
    const input = await readSimulationInput(flags, context);
    const { runSimulation } = await import('../../simulate/run-simulation.ts');
    const report = runSimulation(input);
    if (flags.format === 'json') {
      context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    } else {
      const { renderSimulation } = await import('../render-simulation.ts');
      context.stdout.write(renderSimulation(report));
    }
    return report.passed ? EXIT_CODE.ok : EXIT_CODE.failed;
  },
});
