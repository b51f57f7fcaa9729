import type { UpdateConfig } from '../../src/swarm/service.ts';
import { seconds, type DifferentialScenario, type DifferentialStep } from './scenario.ts';

/*
 * The scenarios, in words that both sides understand. Delays and monitors are short; what has to
 * agree is where things come to rest, or what they are after a time that leaves no doubt.
 */

const AGREE: DifferentialStep = { do: 'agree' };
const FAILS_AT_ONCE = 'exit 3';

const quick = (more: Partial<UpdateConfig> = {}): UpdateConfig => ({
  Parallelism: 1,
  Monitor: seconds(1),
  ...more,
});

/** However long a busy machine takes to see a task fail: the next slot waits longer. */
const PATIENT: Partial<UpdateConfig> = { Monitor: seconds(40), Delay: seconds(30) };

/** Creates, lets it come to rest; updates, lets it come to rest. */
const updated = (
  before: Extract<DifferentialStep, { do: 'create' | 'update' }>['spec'],
  after: typeof before,
): readonly DifferentialStep[] => [
  { do: 'create', spec: before },
  AGREE,
  { do: 'update', spec: { ...before, version: '2', ...after } },
  AGREE,
];

const created = (
  spec: Extract<DifferentialStep, { do: 'create' | 'update' }>['spec'],
): readonly DifferentialStep[] => [{ do: 'create', spec }, AGREE];

export const SCENARIOS: readonly DifferentialScenario[] = [
  { name: 'spreads six tasks evenly', steps: created({ replicas: 6 }) },
  { name: 'spreads four tasks over three nodes', steps: created({ replicas: 4 }) },
  {
    name: 'keeps to a node by its id',
    steps: created({ replicas: 2, constraints: ['node.id == {{id}}'] }),
  },
  {
    name: 'keeps off a node by its hostname',
    steps: created({ replicas: 4, constraints: ['node.hostname != node-1'] }),
  },
  {
    name: 'keeps to the managers',
    steps: created({ replicas: 2, constraints: ['node.role == manager'] }),
  },
  {
    name: 'waits for a label that no node has',
    steps: created({ replicas: 2, constraints: ['node.labels.nowhere == yes'] }),
  },
  {
    name: 'an engine label that is not there differs from every value',
    steps: created({ replicas: 3, constraints: ['engine.labels.nowhere != yes'] }),
  },
  {
    name: 'waits for an engine label that no engine has',
    steps: created({ constraints: ['engine.labels.nowhere == yes'] }),
  },
  {
    name: 'waits for a platform that no node is',
    steps: created({ platform: 's390x' }),
  },
  { name: 'max replicas per node', steps: created({ replicas: 5, maxReplicas: 1 }) },
  {
    name: 'a reservation that no node has',
    steps: created({ replicas: 2, cpuShare: 50 }),
  },
  {
    name: 'reservations for three of four tasks',
    group: 'cpus',
    steps: created({ replicas: 4, cpuShare: 0.6 }),
  },
  {
    name: 'a reservation that comes free',
    group: 'cpus',
    steps: [
      ...created({ replicas: 5, cpuShare: 0.6 }),
      { do: 'update', spec: { replicas: 2, cpuShare: 0.6 } },
      AGREE,
    ],
  },
  { name: 'global', steps: created({ mode: { Global: {} } }) },
  {
    name: 'global, workers only',
    steps: created({ mode: { Global: {} }, constraints: ['node.role == worker'] }),
  },
  {
    name: 'a host port that three nodes have once',
    steps: created({ replicas: 4, hostPort: 18_080 }),
  },
  {
    name: 'scales up and down',
    steps: [
      ...created({ replicas: 2 }),
      { do: 'update', spec: { replicas: 7 } },
      AGREE,
      { do: 'update', spec: { replicas: 1 } },
      AGREE,
    ],
  },
  {
    name: 'scales to nothing and back',
    steps: [
      ...created({ replicas: 2 }),
      { do: 'update', spec: { replicas: 0 } },
      AGREE,
      { do: 'update', spec: { replicas: 2 } },
      AGREE,
    ],
  },
  {
    name: 'updates stop-first, two at a time',
    steps: updated({ replicas: 4, update: quick({ Parallelism: 2 }) }, {}),
  },
  {
    name: 'updates start-first, one by one',
    // While old and new run side by side, a new task may go to any of the nodes.
    totalOnly: true,
    steps: updated({ replicas: 3, update: quick({ Order: 'start-first' }) }, {}),
  },
  {
    name: 'updates a global service',
    steps: updated({ mode: { Global: {} }, update: quick({ Parallelism: 0 }) }, {}),
  },
  {
    name: 'an update that fails pauses',
    steps: updated(
      { replicas: 3, update: quick({ FailureAction: 'pause', ...PATIENT }) },
      { command: FAILS_AT_ONCE, restart: { Condition: 'none' } },
    ),
  },
  {
    name: 'an update that fails goes on when told so',
    steps: updated(
      { replicas: 3, update: quick({ FailureAction: 'continue' }) },
      { command: FAILS_AT_ONCE, restart: { Condition: 'none' } },
    ),
  },
  {
    name: 'an update that fails is rolled back',
    steps: updated(
      {
        replicas: 3,
        update: quick({ FailureAction: 'rollback', ...PATIENT }),
        rollback: quick({ Parallelism: 0 }),
      },
      { command: FAILS_AT_ONCE, restart: { Condition: 'none' } },
    ),
  },
  {
    name: 'a rollback by command',
    steps: [
      ...updated({ replicas: 2, update: quick({ Parallelism: 0 }) }, {}),
      { do: 'rollback' },
      AGREE,
    ],
  },
  {
    name: 'an update that another one supersedes',
    steps: [
      ...created({ replicas: 4, update: quick({ Delay: seconds(60) }) }),
      { do: 'update', spec: { replicas: 4, version: '2', update: quick({ Delay: seconds(60) }) } },
      { do: 'wait', ms: 6000 },
      { do: 'update', spec: { replicas: 4, version: '3', update: quick({ Parallelism: 0 }) } },
      AGREE,
    ],
  },
  {
    name: 'a forced update without a change',
    steps: [...created({ replicas: 3, update: quick({ Parallelism: 3 }) }), { do: 'force' }, AGREE],
  },
  {
    name: 'a change of placement moves only who must go',
    steps: [
      ...created({ replicas: 3, update: quick({ Parallelism: 0 }) }),
      {
        do: 'update',
        spec: {
          replicas: 3,
          constraints: ['node.hostname != node-3'],
          update: quick({ Parallelism: 0 }),
        },
      },
      AGREE,
    ],
  },
  {
    name: 'a replicated job',
    steps: created({
      mode: { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 5 } },
      command: 'true',
      restart: { Condition: 'none' },
    }),
  },
  {
    name: 'a global job',
    steps: created({ mode: { GlobalJob: {} }, command: 'true', restart: { Condition: 'none' } }),
  },
  {
    name: 'a task that fails and is not restarted',
    steps: created({ replicas: 2, command: FAILS_AT_ONCE, restart: { Condition: 'none' } }),
  },
  {
    name: 'a task that ends well is not restarted on failure',
    steps: created({
      replicas: 2,
      command: 'true',
      restart: { Condition: 'on-failure', Delay: seconds(0.2) },
    }),
  },
  {
    name: 'at most two restarts',
    steps: created({
      replicas: 1,
      command: FAILS_AT_ONCE,
      restart: { Condition: 'any', Delay: seconds(0.2), MaxAttempts: 2 },
    }),
  },
  {
    name: 'a removed service leaves nothing',
    steps: [...created({ replicas: 3 }), { do: 'remove' }, AGREE],
  },
  {
    name: 'a drained node loses its tasks and gets none back',
    exclusive: true,
    steps: [
      ...created({ replicas: 3 }),
      { do: 'node', node: 3, availability: 'drain' },
      AGREE,
      { do: 'node', node: 3, availability: 'active' },
      AGREE,
    ],
  },
  {
    name: 'a drained node takes part in a global service again',
    exclusive: true,
    steps: [
      ...created({ mode: { Global: {} } }),
      { do: 'node', node: 2, availability: 'drain' },
      AGREE,
      { do: 'node', node: 2, availability: 'active' },
      AGREE,
    ],
  },
  {
    name: 'a paused node keeps its tasks and gets no more',
    exclusive: true,
    steps: [
      { do: 'node', node: 2, availability: 'pause' },
      ...created({ replicas: 4 }),
      { do: 'node', node: 2, availability: 'active' },
      { do: 'update', spec: { replicas: 6 } },
      AGREE,
    ],
  },
  {
    name: 'a label that comes lets a task go, one that goes takes it away',
    exclusive: true,
    steps: [
      ...created({ replicas: 2, constraints: ['node.labels.disk == ssd'] }),
      { do: 'node', node: 2, labels: { disk: 'ssd' } },
      AGREE,
      { do: 'node', node: 2, labels: {} },
      AGREE,
    ],
  },
  {
    name: 'spreads over a label before it spreads over nodes',
    exclusive: true,
    steps: [
      { do: 'node', node: 1, labels: { zone: 'a' } },
      { do: 'node', node: 2, labels: { zone: 'a' } },
      { do: 'node', node: 3, labels: { zone: 'b' } },
      ...created({ replicas: 6, spreadBy: 'node.labels.zone' }),
    ],
  },
];
