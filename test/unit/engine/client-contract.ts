import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/base/errors.ts';
import type { EngineClient } from '../../../src/engine/client.ts';
import type { NetworkId, SecretId, ServiceId } from '../../../src/swarm/object.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';

/** One world in which an EngineClient must behave; `close` ends what `open` started. */
export interface ContractSubject {
  readonly name: string;
  readonly open: () => Promise<{
    readonly client: EngineClient;
    readonly close: () => Promise<void> | void;
    /** Image that exists in that world. */
    readonly image: string;
  }>;
}

const STACK = 'contract';
const label = { 'com.docker.stack.namespace': STACK };
const query = { filters: { label: [`com.docker.stack.namespace=${STACK}`] } };

/** What every EngineClient must do, whatever is behind it. Leaves nothing behind. */
export function describeEngineClient(subject: ContractSubject): void {
  describe(`EngineClient: ${subject.name}`, () => {
    let client: EngineClient;
    let image = '';
    let close: () => Promise<void> | void = () => undefined;

    beforeAll(async () => {
      ({ client, close, image } = await subject.open());
    }, 120_000);
    afterAll(async () => {
      client?.close();
      await close();
    });

    const spec = (more: Partial<ServiceSpec> = {}): ServiceSpec => ({
      Name: `${STACK}_web`,
      Labels: label,
      Mode: { Replicated: { Replicas: 1 } },
      TaskTemplate: {
        ContainerSpec: { Image: image, Command: ['sleep', '600'] },
        RestartPolicy: { Condition: 'none' },
      },
      ...more,
    });

    test('speaks a version between the oldest and newest supported, and is a manager', async () => {
      const minor = Number(client.apiVersion.split('.')[1]);
      expect(client.apiVersion).toMatch(/^1\.\d+$/);
      expect(minor).toBeGreaterThanOrEqual(41);
      expect(minor).toBeLessThanOrEqual(55);
      expect((await client.info()).Swarm?.ControlAvailable).toBe(true);
      expect((await client.nodes.list({})).length).toBeGreaterThan(0);
    });

    test('gives empty lists, never null', async () => {
      for (const resource of ['services', 'tasks', 'networks', 'secrets', 'configs'] as const) {
        expect(await client[resource].list(query), resource).toEqual([]);
      }
    });

    test('refuses an unknown name as not-found, with method, path and status', async () => {
      for (const resource of ['services', 'networks', 'secrets', 'configs'] as const) {
        const error = await rejection(client[resource].inspect('nope'));
        expect(error, resource).toMatchObject({ kind: 'not-found', status: 404, method: 'GET' });
        expect(error.path).toBe(`/${resource}/nope`);
        expect(error.message).toMatch(/^Error response from daemon: .*nope.* not found/);
      }
    });

    test('keeps strange names inside their path segment', async () => {
      const error = await rejection(client.services.inspect('a/b?c#d'));
      expect(error.path).toBe('/services/a%2Fb%3Fc%23d');
      expect(error.status).toBe(404);
    });

    test('creates, lists, updates and removes secrets and configs', async () => {
      for (const resource of ['secrets', 'configs'] as const) {
        const api = client[resource];
        const body = { Name: `${STACK}_${resource}`, Labels: label, Data: 'c2VjcmV0' };
        const { id } = await api.create(body);
        const taken = await rejection(api.create(body));
        expect(taken).toMatchObject({ kind: 'conflict', status: 409, exitCode: 1 });
        const [found] = await api.list(query);
        expect(found?.ID).toBe(id);
        const current = await api.inspect(body.Name);
        expect(current.Spec.Data).toBe(resource === 'secrets' ? undefined : body.Data);
        const { Index: version } = current.Version;
        const relabelled = { ...body, Labels: { ...label, more: 'yes' } };
        await api.update(id as never, relabelled, { version });
        expect((await api.inspect(id)).Spec.Labels).toEqual(relabelled.Labels);
        const stale = await rejection(api.update(id as never, relabelled, { version }));
        expect(stale).toMatchObject({
          kind: 'conflict',
          code: 'update-out-of-sequence',
          exitCode: 8,
        });
        await api.remove(id as never);
        expect(await api.list(query)).toEqual([]);
      }
    });

    test('carries a service through its life', async () => {
      const network = await client.networks.create({
        Name: `${STACK}_default`,
        Driver: 'overlay',
        Labels: label,
      });
      const wanted = spec({ Labels: { ...label, odd: 'ä < & "' } });
      const { id, warnings } = await client.services.create(wanted);
      expect(warnings).toEqual([]);
      const taken = await rejection(client.services.create(wanted));
      expect(taken.message).toContain('already exists');
      const [listed] = await client.services.list({ ...query, status: true });
      expect(listed?.ID).toBe(id);
      expect(listed?.ServiceStatus?.DesiredTasks).toBe(1);
      expect(listed?.Spec.Labels?.['odd']).toBe('ä < & "');
      const tasks = await client.tasks.list({ filters: { service: [id] } });
      expect(tasks).toHaveLength(1);
      expect((await client.tasks.inspect(tasks[0]?.ID ?? '')).ServiceID).toBe(id);
      await updateOnce(client, id, spec({ Mode: { Replicated: { Replicas: 2 } } }));
      const stale = await rejection(client.services.update(id, spec(), { version: 1 }));
      expect(stale).toMatchObject({ kind: 'conflict', status: 500, exitCode: 8 });
      expect((await client.services.inspect(id)).Spec.Mode?.Replicated?.Replicas).toBe(2);
      await client.services.remove(id);
      expect(await client.services.list(query)).toEqual([]);
      await client.networks.remove(network.id);
    });

    test('names what is missing when removing twice', async () => {
      const gone = 'zzzzzzzzzzzzzzzzzzzzzzzzz';
      expect((await rejection(client.services.remove(gone as ServiceId))).kind).toBe('not-found');
      expect((await rejection(client.networks.remove(gone as NetworkId))).kind).toBe('not-found');
      expect((await rejection(client.secrets.remove(gone as SecretId))).kind).toBe('not-found');
    });

    test('an aborted call rejects as cancelled', async () => {
      const signal = AbortSignal.abort();
      await expect(client.services.list({}, { signal })).rejects.toMatchObject({
        name: 'CancelledError',
      });
    });
  });
}

/** The orchestrator may write in between, so a stale version is read again. */
async function updateOnce(client: EngineClient, id: ServiceId, spec: ServiceSpec): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const { Version } = await client.services.inspect(id);
    try {
      await client.services.update(id, spec, { version: Version.Index });
      return;
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'conflict' || attempt > 4) throw error;
    }
  }
}

async function rejection(call: Promise<unknown>): Promise<EngineError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}
