import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import type { Output } from '../../../src/cli/output.ts';
import { createProgress, type ProgressMode } from '../../../src/cli/progress/create-progress.ts';
import type { RolloutEvent, ServiceView } from '../../../src/rollout/events.ts';
import { NO_PROGRESS, reduceProgress } from '../../../src/rollout/progress.ts';

const WEB: ServiceView = {
  service: 'shop_web',
  serviceId: 'abc',
  mode: 'replicated',
  phase: 'waiting',
  done: 1,
  wanted: 2,
  reason: '1 task pending: no suitable node',
  updateState: undefined,
  failures: [],
  slots: [{ slot: '1', state: 'running', node: 'node-1', error: undefined, current: true }],
};

const EVENTS: readonly RolloutEvent[] = [
  {
    type: 'plan',
    stack: 'shop',
    steps: [{ kind: 'service-update', name: 'shop_web', cause: 'replicas 1 → 2' }],
    notes: [{ code: 'some-note', severity: 'note', subject: 'shop_web', message: 'm' }],
  },
  { type: 'warning', code: 'some-warning', subject: 'shop_web', message: 'careful' },
  { type: 'step', kind: 'network-create', name: 'shop_net', status: 'started' },
  { type: 'step', kind: 'network-create', name: 'shop_net', status: 'done', objectId: 'net' },
  { type: 'step', kind: 'secret-update', name: 'shop_key', status: 'started', objectId: 'key' },
  { type: 'step', kind: 'service-update', name: 'shop_web', status: 'started', objectId: 'abc' },
  { type: 'step', kind: 'service-update', name: 'shop_web', status: 'retrying', error: 'race' },
  { type: 'waiting', stack: 'shop', services: ['shop_web'], deadline: undefined },
  { type: 'service', ...WEB },
  { type: 'service', ...WEB },
  { type: 'service', ...WEB, done: 2, phase: 'monitoring', reason: 'monitoring' },
  { type: 'service', ...WEB, done: 2, phase: 'converged', reason: undefined },
  { type: 'tasks', stack: 'shop', remaining: 3 },
  { type: 'finished', stack: 'shop', outcome: 'converged', exitCode: 0, messages: ['the end'] },
];

async function render(
  mode: ProgressMode,
  events: readonly RolloutEvent[] = EVENTS,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): Output => ({
    write: (more) => {
      text[name] += more;
    },
    isTerminal: false,
    columns: 80,
    color: false,
    isClosed: false,
  });
  const ports = { stdout: output('stdout'), stderr: output('stderr'), clock: new VirtualClock() };
  const progress = await createProgress(mode, ports);
  events.forEach((event) => progress.emit(event));
  await progress.close();
  return text;
}

test('plain: writes on stdout in docker’s words, states on stderr, each once', async () => {
  expect(await render('auto')).toEqual({
    stdout: 'Creating network shop_net\nUpdating service shop_web (id: abc)\n',
    stderr: `careful
shop_web: trying again: race
shop_web: 1/2 running, waiting: 1 task pending: no suitable node
shop_web: 2/2 running, checking that it stays up
shop_web: 2/2 running, converged
shop: waiting for 3 tasks to stop
the end
`,
  });
});

test('quiet: no states, but writes, warnings and the end', async () => {
  expect(await render('quiet')).toEqual({
    stdout: 'Creating network shop_net\nUpdating service shop_web (id: abc)\n',
    stderr: 'careful\nthe end\n',
  });
});

test('json: an event per line as the schema says, and nothing else', async () => {
  const { stdout, stderr } = await render('json');
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(EVENTS.length + 1);
  const path = resolve(import.meta.dirname, '../../../schemas/events.schema.json');
  const ajv = new Ajv2020({ formats: { 'date-time': true } });
  const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  for (const line of lines) {
    expect(isValid(JSON.parse(line)), `${line} ${ajv.errorsText(isValid.errors)}`).toBe(true);
  }
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'format', version: 1 });
});

test('progress is a pure reduction of events', () => {
  const before = EVENTS.slice(0, 6).reduce(reduceProgress, NO_PROGRESS);
  expect(before.steps).toEqual(['update secret shop_key', 'update service shop_web']);
  const after = EVENTS.reduce(reduceProgress, NO_PROGRESS);
  expect(after).toMatchObject({ stack: 'shop', outcome: 'converged', remaining: 3 });
  expect(after.services.get('shop_web')?.phase).toBe('converged');
});
