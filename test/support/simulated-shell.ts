import type { Assignment, LogRecord } from '../../src/orchestrator/agent/executor.ts';
import type { StoredTask } from '../../src/orchestrator/store/stored-object.ts';
import type { SimulatedBehaviour } from '../../src/runtimes/simulated-container.ts';

/**
 * As much of a shell as walks need: `true` ends at once, everything else runs until stopped, and
 * what `echo WORD` would print stands in the log.
 */
export const simulatedShell = {
  behaviourOf({ container }: Assignment): SimulatedBehaviour {
    const words = [...(container.Command ?? []), ...(container.Args ?? [])];
    return words.join(' ') === 'true' ? { exitsAfterMs: 0 } : { stopMs: 0 };
  },
  logsOf(task: StoredTask): readonly LogRecord[] {
    const { Command = [], Args = [] } = task.Spec.ContainerSpec ?? {};
    const echoed = [...`${Command.join(' ')} ${Args.join(' ')}`.matchAll(/\becho (\w+)/g)];
    return echoed.map((match) => ({
      stream: 'stdout',
      timestamp: task.CreatedAt,
      data: Buffer.from(`${match[1]}\n`),
    }));
  },
};
