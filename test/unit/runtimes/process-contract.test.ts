import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { Nanoseconds } from '../../../src/swarm/object.ts';
import type { ContainerSpec, Healthcheck } from '../../../src/swarm/service.ts';
import { aProcessRuntime, hasProc, processesOf } from '../../support/a-process-runtime.ts';
import { anAssignment } from '../../support/an-assignment.ts';
import { describeRuntimeContract, type Part } from '../../support/runtime-contract.ts';

const MS = 1e6;
const ms = (count: number): Nanoseconds => (count * MS) as Nanoseconds;
const check = (command: string): Healthcheck => ({
  Test: ['CMD-SHELL', command],
  Interval: ms(20),
  Timeout: ms(5000),
  Retries: 2,
});

const SLEEP = ['sleep', '1000'];
const SPECS: Readonly<Record<Part, ContainerSpec>> = {
  'runs until stopped': { Command: SLEEP },
  'ignores the stop signal': {
    Command: ['sh', '-c', 'trap "" TERM; : >ready; while :; do sleep 1; done'],
    StopGracePeriod: ms(1000),
    // Until then a signal would end it.
    Healthcheck: { ...check('test -e ready'), Retries: 1000 },
  },
  'exits with 0': { Command: ['true'] },
  'exits with 3': { Command: ['sh', '-c'], Args: ['exit 3'] },
  'becomes healthy': { Command: SLEEP, Healthcheck: check('true') },
  'becomes unhealthy': { Command: SLEEP, Healthcheck: check('false') },
  'cannot be started': { Command: ['no-such-program-anywhere'] },
  'prints three lines and exits': {
    Command: ['sh', '-c', 'echo one; echo problem >&2; echo two'],
  },
};

describe.runIf(hasProc)('processes', () => {
  describeRuntimeContract('process', () => {
    const runtime = aProcessRuntime();
    return {
      executor: runtime.current,
      nextLife: runtime.nextLife,
      aTaskThat: (part) => anAssignment({ Image: 'web:1', ...SPECS[part] }),
      settle: (work) => work,
      remainsOf: async ({ ID }) => {
        const directory = join(runtime.directory, 'tasks', ID);
        return [...processesOf(ID), ...(existsSync(directory) ? [directory] : [])];
      },
      hasLogs: true,
      dispose: runtime.dispose,
    };
  });
});
