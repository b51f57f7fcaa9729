import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { openWorkDirectory } from '../../../../src/runtimes/process/work-directory.ts';
import { aProcessRuntime, hasProc } from '../../../support/a-process-runtime.ts';
import { anAssignment } from '../../../support/an-assignment.ts';
import { runStep } from '../../../support/runtime-contract.ts';

const isRoot = hasProc && process.getuid?.() === 0;
const runtime = isRoot ? aProcessRuntime() : undefined;
afterAll(() => runtime?.dispose());

test.runIf(isRoot)('a task of another user can enter and write where it starts', async () => {
  const assignment = anAssignment({
    Image: 'web:1',
    User: '65534',
    Command: ['sh', '-c', 'cd / && cd "$OLDPWD" && echo here >file && test "$(cat file)" = here'],
  });
  const controller = runtime?.current().createController(assignment);
  if (!controller) throw new Error('no runtime');
  expect(await runStep(controller.prepare)).toMatchObject({ kind: 'done' });
  expect(await runStep(controller.start)).toMatchObject({ kind: 'done' });
  expect(await runStep(controller.wait)).toMatchObject({ kind: 'done' });
  const directory = openWorkDirectory(assignment.task.ID);
  expect(existsSync(directory)).toBe(true);
  expect(await runStep(controller.remove)).toMatchObject({ kind: 'done' });
  expect(existsSync(directory)).toBe(false);
});
