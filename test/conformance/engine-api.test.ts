import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogRecord } from '../../src/orchestrator/agent/executor.ts';
import type { StoredTask } from '../../src/orchestrator/store/stored-object.ts';
import { toInstant } from '../../src/base/clock.ts';
import { createServer, type EngineApiServer } from '../../src/server/server.ts';
import { httpRequest } from '../support/http-request.ts';
import { createMemoryBackend, type MemoryBackend } from '../support/memory-backend.ts';
import { IdMap, isObject, loadProbes, shapeDifferences, type Probe } from './engine-api-probes.ts';

/*
 * Replays what the real engine was asked, against our server with a simulated runtime: status,
 * error text and shape must be the same. Run with `vitest run --project conformance engine-api`.
 */

const probes = loadProbes();

/** Probes that cannot be alike, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'distribution-fail': 'without an engine no registry is asked: 404 at once',
  'container-create-noimage': 'without an engine there are no containers to create: 501',
};

/** Probes whose bodies are compared by status alone, and why. */
const STATUS_ONLY: Readonly<Record<string, string>> = {
  'version-unversioned': 'components and build facts are our own',
  'logs-follow': 'the stream goes on: its head is what is looked at',
  'version-old': 'components and build facts are our own',
};

describe.skipIf(!probes)('recorded requests to the real engine', () => {
  let backend: MemoryBackend;
  let server: EngineApiServer;
  const ids = new IdMap();
  const folder = mkdtempSync(join(tmpdir(), 'tstack-probes-'));
  const socketPath = join(folder, 'engine.sock');
  const answers = new Map<string, { status: number; body: string; headers: object }>();

  beforeAll(async () => {
    backend = createMemoryBackend({ logsOf });
    server = await createServer(backend);
    await server.listen({ kind: 'socket', socketPath });
    for (const probe of probes ?? []) await replay(probe);
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  async function replay(probe: Probe): Promise<void> {
    if (probe.name === 'logs-nostream') await createLogServices();
    if (probe.name === 'svc-after-converge') pass(20_000);
    const { body } = probe;
    const payload = body === undefined ? undefined : toPayload(body);
    const answer = await httpRequest({
      socketPath,
      method: probe.method,
      path: freshVersion(ids.translate(probe.path), probe),
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...lowerCase(probe.headers ?? {}),
      },
      body: payload === undefined ? undefined : ids.translate(payload),
      headOnly: probe.streaming === true || probe.path.includes('follow=1'),
    });
    pass(300);
    const given = answer.body.toString(probe.base64 === undefined ? 'utf8' : 'latin1');
    answers.set(probe.name, { ...answer, body: given });
    if (probe.json !== undefined && answer.status === probe.status) {
      ids.learn(probe.json, JSON.parse(given));
    }
  }

  /** The recorder made these with the command line. */
  async function createLogServices(): Promise<void> {
    for (const [name, TTY] of [
      ['api_l', false],
      ['api_lt', true],
    ] as const) {
      const TaskTemplate = { ContainerSpec: { Image: 'busybox:latest', TTY } };
      await httpRequest({
        socketPath,
        method: 'POST',
        path: '/services/create',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Name: name, TaskTemplate }),
      });
    }
    pass(300);
    const recorded = probes?.find((one) => one.name === 'task-logs')?.path ?? '';
    const [task] = tasksOf('api_l');
    ids.learn([/\/tasks\/(\w+)/.exec(recorded)?.[1]], [task?.ID]);
    const details = probes?.find((one) => one.name === 'logs-details-ts')?.base64 ?? '';
    const attributes = Buffer.from(details, 'base64').toString('latin1');
    ids.learn([/service\.id=(\w+)/.exec(attributes)?.[1]], [task?.ServiceID]);
  }

  function tasksOf(service: string) {
    const state = backend.membership.state();
    if (state.kind !== 'active') return [];
    const { view } = state.swarm.store;
    return view.tasksByService(view.byName('service', service)?.ID as never);
  }

  function pass(ms: number): void {
    backend.virtual?.advanceTo(toInstant(backend.virtual.now() + ms));
  }

  test.each(probes ?? [])('$name', (probe) => {
    if (DIFFERENT[probe.name] !== undefined) return;
    const answer = answers.get(probe.name);
    expect(answer).toBeDefined();
    const text = answer?.body ?? '';
    const isRefused = isObject(probe.json) && 'message' in probe.json;
    expect([answer?.status, isRefused ? (JSON.parse(text) as unknown) : undefined]).toEqual([
      probe.status,
      isRefused
        ? { message: ids.translate((probe.json as { message: string }).message) }
        : undefined,
    ]);
    if (STATUS_ONLY[probe.name] !== undefined || isRefused) return;
    if (probe.base64 !== undefined) {
      const wanted = Buffer.from(probe.base64, 'base64').toString('latin1');
      expect(withoutTimes(text)).toBe(withoutTimes(ids.translate(wanted)));
    }
    if (probe.json !== undefined) {
      expect(shapeDifferences(probe.json, JSON.parse(text))).toEqual([]);
    }
  });

  /** Versions differ from run to run: whoever quoted the right one quotes ours. */
  function freshVersion(path: string, { status }: Probe): string {
    const match =
      /^(?:\/v[\d.]+)?\/(swarm|nodes|services|secrets|configs)(?:\/([^/?]+))?\/update\?version=(\d+)/.exec(
        path,
      );
    const state = backend.membership.state();
    if (!match || state.kind !== 'active' || status === 404) return path;
    if (Number(match[3]) < 4) return path.replace(/version=\d+/, 'version=0');
    const { view } = state.swarm.store;
    const [, kind = '', id = ''] = match;
    const object =
      kind === 'swarm'
        ? view.list('cluster')[0]
        : view.get(kind.slice(0, -1) as 'service', id as never);
    return path.replace(/version=\d+/, `version=${object?.Version.Index ?? 0}`);
  }
});

function logsOf(task: StoredTask): readonly LogRecord[] {
  const line = (stream: 'stdout' | 'stderr', text: string): LogRecord => ({
    stream,
    timestamp: '2026-11-20T06:41:31.102472226Z',
    data: Buffer.from(text),
  });
  return task.Spec.ContainerSpec?.TTY
    ? [line('stdout', 'one\r\n'), line('stdout', 'two\r\n')]
    : [line('stdout', 'one\n'), line('stderr', 'two\n'), line('stdout', 'three\n')];
}

function withoutTimes(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]{18}Z/g, '<time>');
}

function toPayload(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.replaceAll(/"\$(.)\*(\d+)"/g, (_all, letter: string, count: string) =>
    JSON.stringify(Buffer.from(letter.repeat(Number(count))).toString('base64')),
  );
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
