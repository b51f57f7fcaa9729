import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleepUntil, toInstant } from '../../src/base/clock.ts';
import { UserError } from '../../src/base/errors.ts';
import { createSeededRandom } from '../../src/base/random.ts';
import type { EngineClient } from '../../src/engine/client.ts';
import { systemClock } from '../../src/host/system-clock.ts';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import { connectTo } from '../support/connect-to.ts';
import { createEmbeddedCluster, valuesOfProcesses } from '../support/embedded-cluster.ts';

/** How often the daemon is killed; the full check says 200. */
const CRASHES = Number(process.env['TSTACK_CRASHES'] ?? 5);
const SEED = Number(process.env['TSTACK_SEED'] ?? 4);
const MARK = `CRASH_${process.pid}`;

const cluster = createEmbeddedCluster();
const random = createSeededRandom(SEED);
beforeAll(() => cluster.start('--runtime=process', '--nodes=1m+2w'), 60_000);
afterAll(() => cluster.destroy(), 60_000);

const pause = (ms: number): Promise<void> =>
  sleepUntil(systemClock, toInstant(systemClock.now() + ms));

/** Waits until nothing is missing. @param missing - what is, as text; empty when all is well */
async function eventually(what: string, missing: () => Promise<string>): Promise<void> {
  const deadline = systemClock.now() + 60_000;
  for (let left = await missing(); left !== ''; left = await missing()) {
    if (systemClock.now() > deadline) {
      // The message of an error is cut off.
      console.error(left);
      throw new Error(`not within a minute: ${what}`);
    }
    await pause(200);
  }
}

/** A service whose processes carry its name and slot; every version is another spec. */
function aSpec(name: string, replicas: number, version: number): ServiceSpec {
  const isStartFirst = name === 'svc1';
  return {
    Name: name,
    Labels: {},
    Mode: { Replicated: { Replicas: replicas } },
    TaskTemplate: {
      ContainerSpec: {
        Image: 'none',
        Command: ['sleep', '100000'],
        Env: [`${MARK}=${name}.{{.Task.Slot}}`, `VERSION=${version}`],
        StopGracePeriod: 1e9,
      },
      RestartPolicy: { Condition: 'any', Delay: 1e8 },
    },
    UpdateConfig: {
      Parallelism: 2,
      Monitor: 1e8,
      Order: isStartFirst ? 'start-first' : 'stop-first',
    },
  } as unknown as ServiceSpec;
}

/** What a service may be: what was acknowledged, and what was under way when the daemon was killed. */
interface Known {
  readonly acknowledged: ServiceSpec | undefined;
  readonly attempted: ServiceSpec | undefined;
}

const known = new Map<string, Known>();
let version = 0;

/** One write; its answer is what counts. */
async function write(client: EngineClient): Promise<void> {
  const name = `svc${Math.floor(random.next() * 3)}`;
  const before = known.get(name)?.acknowledged;
  version += 1;
  const spec = aSpec(name, 1 + Math.floor(random.next() * 3), version);
  known.set(name, { acknowledged: before, attempted: spec });
  const [service] = await client.services.list({ filters: { name: [name] } });
  if (service) await client.services.update(service.ID, spec, { version: service.Version.Index });
  else await client.services.create(spec);
  known.set(name, { acknowledged: spec, attempted: undefined });
}

/** Writes until the connection is gone. */
async function load(client: EngineClient): Promise<void> {
  for (;;) {
    try {
      await write(client);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.exitCode === 9) return;
    }
    await pause(20);
  }
}

const versionOf = (spec: ServiceSpec | undefined): string | undefined =>
  spec?.TaskTemplate.ContainerSpec?.Env?.find((one) => one.startsWith('VERSION='));

async function checkAcknowledged(client: EngineClient): Promise<void> {
  for (const [name, { acknowledged, attempted }] of known) {
    const [service] = await client.services.list({ filters: { name: [name] } });
    const allowed = [versionOf(acknowledged), attempted && versionOf(attempted)];
    expect(allowed, name).toContain(versionOf(service?.Spec));
    known.set(name, { acknowledged: service?.Spec, attempted: undefined });
  }
}

/** Slots with more processes than an update may have: two for start-first, else one. */
function crowdedSlots(): readonly string[] {
  const counts = new Map<string, number>();
  for (const slot of valuesOfProcesses(MARK)) counts.set(slot, (counts.get(slot) ?? 0) + 1);
  return [...counts].flatMap(([slot, count]) =>
    count > (slot.startsWith('svc1.') ? 2 : 1) ? [slot] : [],
  );
}

/** No slot runs twice; a process that is being forked or killed is seen for an instant only. */
async function checkSlots(): Promise<void> {
  const before = crowdedSlots();
  if (before.length === 0) return;
  await pause(500);
  const still = new Set(crowdedSlots());
  expect(before.filter((slot) => still.has(slot))).toEqual([]);
}

/** How processes and services differ. */
async function unsettled(client: EngineClient): Promise<string> {
  await checkSlots();
  const services = await client.services.list({ status: true });
  const running = valuesOfProcesses(MARK);
  const updating = services.filter((one) => one.UpdateStatus?.State === 'updating');
  // Which numbers the slots have is free: the one that does not run is the first to go.
  const wanted = services.map(({ Spec }) => `${Spec.Name}: ${Spec.Mode?.Replicated?.Replicas}`);
  const counts = services.map(
    ({ Spec: { Name } }) =>
      `${Name}: ${running.filter((one) => one.startsWith(`${Name}.`)).length}`,
  );
  const isDouble = new Set(running).size < running.length;
  if (updating.length === 0 && !isDouble && counts.join() === wanted.join()) return '';
  const names = updating.map(({ Spec }) => Spec.Name);
  return JSON.stringify(
    { running, wanted, updating: names, tasks: await tasksOf(client) },
    undefined,
    1,
  );
}

async function tasksOf(client: EngineClient): Promise<readonly string[]> {
  return (await client.tasks.list({})).map(
    ({ ID, Slot, Status, DesiredState }) =>
      `${ID}.${Slot} ${Status.State}/${DesiredState} ${Status.Err ?? ''}`,
  );
}

test(
  `${CRASHES} kills of the daemon lose nothing, run nothing twice, leave nothing behind`,
  { timeout: 60_000 + CRASHES * 60_000 },
  async () => {
    for (let round = 0; round < CRASHES; round += 1) {
      const pid = await cluster.start();
      const client = await connectTo(`unix://${cluster.socket}`);
      await checkAcknowledged(client);
      // One time in four it dies again before it has found its way back.
      if (random.next() < 0.75) {
        await eventually('every service runs as it says', () => unsettled(client));
      }
      const working = load(client);
      await pause(random.next() * 1500);
      process.kill(pid, 'SIGKILL');
      await working;
      client.close();
    }
    await cluster.start();
    const client = await connectTo(`unix://${cluster.socket}`);
    await checkAcknowledged(client);
    await eventually('every service runs as it says', () => unsettled(client));
    for (const { ID } of await client.services.list({})) await client.services.remove(ID);
    await eventually('nothing is left', async () => valuesOfProcesses(MARK).join(' '));
    await eventually('no task is left', async () => (await tasksOf(client)).join('\n'));
    client.close();
  },
);
