import { expect, test } from 'vitest';
import { explainEnd } from '../../../../src/orchestrator/why/task-end.ts';
import type { TaskStatus } from '../../../../src/swarm/task.ts';

const failed = (Err: string): TaskStatus => ({ State: 'failed', Err });
const rejected = (Err: string): TaskStatus => ({ State: 'rejected', Err });

test.each<[TaskStatus, string, RegExp]>([
  [{ State: 'complete' }, 'completed', /by itself/],
  [{ State: 'shutdown', ContainerStatus: { ExitCode: 137 } }, 'stopped', /told to stop/],
  [{ State: 'orphaned' }, 'node-lost', /lost/],
  [failed('task: non-zero exit (1)'), 'crash', /error of its own/],
  [failed('task: non-zero exit (137)'), 'crash', /SIGKILL/],
  [failed('task: non-zero exit (127)'), 'crash', /not found/],
  [failed('task: non-zero exit (136)'), 'crash', /signal 8/],
  [failed('task: non-zero exit (143): dockerexec: unhealthy container'), 'health', /health/],
  [rejected('No such image: nginx:1.99'), 'image-pull', /image/],
  [
    rejected('invalid mount config for type "bind": bind source path does not exist: /srv'),
    'volume',
    /mount/,
  ],
  [
    failed('starting container failed: exec: "nope": executable file not found in $PATH'),
    'command',
    /command/,
  ],
  [rejected('host-mode port 80 already in use'), 'port', /port/],
  [rejected('assigned node no longer meets constraints'), 'scheduling', /constraints/],
  [failed('something else'), 'unknown', /failed/],
])('%o is %s', (status, kind, meaning) => {
  const end = explainEnd(status);
  expect(end.class).toBe(kind);
  expect(end.meaning).toMatch(meaning);
});

test('keeps the exit code, from the error when the container told none', () => {
  expect(explainEnd(failed('task: non-zero exit (3)')).exitCode).toBe(3);
  expect(explainEnd({ State: 'complete', ContainerStatus: { ExitCode: 0 } }).exitCode).toBe(0);
  expect(explainEnd(rejected('No such image: x'))).not.toHaveProperty('exitCode');
});
