import { VirtualClock } from '../../../src/base/clock.ts';
import { createSeededRandom } from '../../../src/base/random.ts';
import type { TaskId } from '../../../src/swarm/object.ts';
import type { SimulatedBehaviour } from '../../../src/runtimes/simulated-container.ts';
import { createSimulatedRuntime } from '../../../src/runtimes/simulated.ts';
import { anAssignment } from '../../support/an-assignment.ts';
import { EPOCH } from '../../support/builders.ts';
import { runVirtual } from '../../support/run-virtual.ts';
import { describeRuntimeContract, type Part } from '../../support/runtime-contract.ts';

const BEHAVIOURS: Readonly<Record<Part, SimulatedBehaviour>> = {
  'runs until stopped': { startMs: 10, stopMs: 10, stopExitCode: 143 },
  'ignores the stop signal': { stopMs: 10_000 },
  'exits with 0': { exitsAfterMs: 100 },
  'exits with 3': { exitsAfterMs: 100, exitCode: 3 },
  'becomes healthy': { healthyAfterMs: 100 },
  'becomes unhealthy': { unhealthyAfterMs: 100 },
  'cannot be started': { failsToStartWith: 'starting container failed: no such program' },
  'prints three lines and exits': { exitsAfterMs: 100 },
};

describeRuntimeContract('simulated', () => {
  const clock = new VirtualClock(EPOCH);
  const parts = new Map<TaskId, Part>();
  const runtime = createSimulatedRuntime({
    clock,
    random: createSeededRandom(1),
    behaviourOf: ({ task }) => BEHAVIOURS[parts.get(task.ID) ?? 'runs until stopped'],
  });
  return {
    executor: () => runtime,
    // Its containers live in it, so it lives on; controllers are made anew.
    nextLife: () => undefined,
    aTaskThat: (part) => {
      const assignment = anAssignment({ Image: 'web:1' });
      parts.set(assignment.task.ID, part);
      return assignment;
    },
    settle: (work) => runVirtual(clock, work),
    remainsOf: async ({ ID }) => {
      const container = runtime.containerOf(ID);
      return container ? [container.id] : [];
    },
    hasLogs: false,
    dispose: () => undefined,
  };
});
