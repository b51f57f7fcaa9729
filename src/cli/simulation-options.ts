import { STACK_FILE_OPTIONS } from './stack-files.ts';

/** The flags of `tstack simulate`. */
export const SIMULATION_OPTIONS = {
  ...STACK_FILE_OPTIONS,
  scenario: { kind: 'string', placeholder: 'FILE', help: 'Scenario file', complete: 'file' },
  fromCluster: {
    kind: 'boolean',
    default: false,
    help: 'Begin with the nodes of the live cluster, and with what runs on them',
  },
  nodesOnly: {
    kind: 'boolean',
    default: false,
    help: 'With --from-cluster: the nodes without what runs on them',
  },
  nodes: {
    kind: 'count',
    placeholder: 'N',
    help: 'Number of equal nodes, the first a manager, when the scenario names none (default 3)',
  },
  seed: { kind: 'count', placeholder: 'N', default: 1, help: 'Seed of ids, heartbeats, crashes' },
  until: { kind: 'duration', default: '10m', help: 'Simulated time after which to stop' },
  report: {
    kind: 'string',
    placeholder: 'FILE',
    help: 'Draw the timeline into a .html or .svg file',
    complete: 'file',
  },
  format: { kind: 'choice', choices: ['text', 'json'], default: 'text', help: 'How to print it' },
} as const;
