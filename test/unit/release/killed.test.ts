import { expect, test } from 'vitest';
import { openClusterStore } from '../../../src/release/cluster-store.ts';
import type { EngineClient } from '../../../src/engine/client.ts';
import type { ReleaseStore } from '../../../src/release/release-store.ts';
import { openJournal } from '../../../src/release/revision.ts';
import type { StackSpec } from '../../../src/stack/stack-spec.ts';
import { aConfig, aNetwork, aSecret, aService, aStack } from '../../support/a-stack.ts';
import { ReleaseRehearsal } from '../../support/release-rehearsal.ts';

const KEYS = ['a', 'b', 'c', 'd'];

/** Twenty objects: four networks, secrets and configs, eight services. */
function twenty(version: number): StackSpec {
  return aStack({
    networks: KEYS.map((key) => aNetwork(key)),
    secrets: KEYS.map((key) => aSecret(key, `hush ${key} ${version}`)),
    configs: KEYS.map((key) => aConfig(key, `conf ${key} ${version}`)),
    services: KEYS.flatMap((key) => [
      aService(`${key}1`, { image: `app:${version}`, networks: [key], secrets: [key] }),
      aService(`${key}2`, { image: `app:${version}`, networks: [key], configs: [key] }),
    ]),
  });
}

/** What the `count`th request and all after it get: no answer, ever; a killed process hears nothing. */
class Kill {
  readonly #at: number;
  readonly #isAnswerLost: boolean;
  count = 0;

  constructor(at: number, isAnswerLost: boolean) {
    this.#at = at;
    this.#isAnswerLost = isAnswerLost;
  }

  get isDead(): boolean {
    return this.count > this.#at;
  }

  /** An object whose methods, and those of its members, are requests. */
  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const value: unknown = Reflect.get(object, key);
        if (typeof value === 'function') {
          return (...args: readonly unknown[]) =>
            this.#call(() => Reflect.apply(value, object, args) as Promise<unknown>);
        }
        const isPart = typeof value === 'object' && value !== null;
        return isPart && !(value instanceof Map) ? this.wrap(value) : value;
      },
    });
  }

  #call(work: () => Promise<unknown>): Promise<unknown> {
    this.count += 1;
    if (!this.isDead) return work();
    const isLast = this.count === this.#at + 1;
    if (isLast && this.#isAnswerLost) void work().catch(() => undefined);
    return new Promise(() => undefined);
  }
}

interface Scene {
  readonly rehearsal: ReleaseRehearsal;
  readonly kill: Kill;
  readonly isOver: boolean;
}

/** A first deploy that ends well, and a second that is killed at a request. */
async function killed(
  kind: 'local' | 'cluster',
  { at, isAnswerLost }: { readonly at: number; readonly isAnswerLost: boolean },
  first: StackSpec | undefined,
): Promise<Scene> {
  const rehearsal =
    kind === 'local'
      ? new ReleaseRehearsal()
      : new ReleaseRehearsal((engine) => openClusterStore(engine.client, 'shop'));
  if (first) await rehearsal.deploy(first, { detach: true });
  const kill = new Kill(at, isAnswerLost);
  const client: EngineClient = kill.wrap(rehearsal.engine.client);
  const store: ReleaseStore =
    kind === 'local' ? kill.wrap(rehearsal.store) : openClusterStore(client, 'shop');
  const ports = { ...rehearsal.ports('victim'), engine: client };
  const state = { isOver: false };
  const work = rehearsal.begin(twenty(2), { detach: true }, ports, store).then(() => {
    state.isOver = true;
  });
  for (let idle = 0; !state.isOver && !kill.isDead && idle < 200; idle += 1) {
    await new Promise((done) => setImmediate(done));
    rehearsal.engine.clock.advanceTo(rehearsal.engine.clock.now());
  }
  void work;
  // The request that was under way is done or it is not.
  for (let more = 0; more < 5; more += 1) await new Promise((done) => setImmediate(done));
  rehearsal.gone.add('victim');
  return { rehearsal, kill, isOver: state.isOver };
}

/** Whether the cluster holds exactly what a stack of a version is. */
function expectVersion(rehearsal: ReleaseRehearsal, version: number): void {
  expect(rehearsal.services).toEqual(
    KEYS.flatMap((key) => [`shop_${key}1 app:${version} x1`, `shop_${key}2 app:${version} x1`]),
  );
}

const REPAIRS: readonly (readonly [
  string,
  (rehearsal: ReleaseRehearsal) => Promise<{ readonly exitCode: number }>,
  number,
])[] = [
  ['deploy', (rehearsal) => rehearsal.deploy(twenty(2)), 2],
  ['rollback', (rehearsal) => rehearsal.rollBack(), 1],
];

// What differs between the stores is the same for both repairs and both kinds of loss.
const SCENES = [
  ...[false, true].flatMap((isAnswerLost) =>
    REPAIRS.map((repair) => ['local', isAnswerLost, ...repair] as const),
  ),
  ...REPAIRS.slice(0, 1).map((repair) => ['cluster', true, ...repair] as const),
];

for (const [kind, isAnswerLost, name, repair, version] of SCENES) {
  const answer = isAnswerLost ? 'after the engine did it' : 'before the engine saw it';
  test(`${kind}: killed at any request, ${answer}: one ${name} repairs it`, async () => {
    let at = 0;
    for (; ; at += 1) {
      const { rehearsal, isOver } = await killed(kind, { at, isAnswerLost }, twenty(1));
      if (isOver) break;
      const isBegun = openJournal(await rehearsal.store.read()) !== undefined;
      // Nothing to undo where nothing was begun.
      if (name === 'rollback' && !isBegun) continue;
      expect(await repair(rehearsal), `killed at ${at}`).toMatchObject({ exitCode: 0 });
      expectVersion(rehearsal, version);
      const { lock, records } = await rehearsal.store.read();
      expect(records.has('journal'), `killed at ${at}`).toBe(false);
      // Where nothing was left to do, the lock of the dead is left to whoever has something.
      expect(lock?.text ?? 'victim', `killed at ${at}`).toContain('victim');
    }
    expect(at).toBeGreaterThan(25);
  });
}

test('a first deploy that was killed: rollback leaves nothing of its services', async () => {
  let begun = 0;
  for (let at = 0; ; at += 1) {
    const { rehearsal, isOver } = await killed('local', { at, isAnswerLost: true }, undefined);
    if (isOver) break;
    if (!openJournal(await rehearsal.store.read())) continue;
    begun += 1;
    expect(await rehearsal.rollBack(), `killed at ${at}`).toMatchObject({ exitCode: 0 });
    expect(rehearsal.services).toEqual([]);
  }
  expect(begun).toBeGreaterThan(20);
});

test('resume finishes what was killed, once the secrets are written', async () => {
  const refused: number[] = [];
  for (let at = 0; ; at += 1) {
    const { rehearsal, isOver } = await killed('local', { at, isAnswerLost: true }, twenty(1));
    if (isOver) break;
    if (!openJournal(await rehearsal.store.read())) continue;
    try {
      expect(await rehearsal.resume(), `killed at ${at}`).toMatchObject({ exitCode: 0 });
      expectVersion(rehearsal, 2);
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 4, code: 'secret-content-gone' });
      refused.push(at);
    }
  }
  // Refused only as long as one of the four secrets was not there.
  expect(refused.length).toBeLessThan(8);
});
