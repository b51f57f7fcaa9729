import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deployStack, type DeployOptions } from '../../src/rollout/deploy-stack.ts';
import type { RolloutPorts } from '../../src/rollout/ports.ts';
import type { SecretSpec } from '../../src/swarm/secret.ts';
import type { StackSpec } from '../../src/stack/stack-spec.ts';
import type { ServiceSpec } from '../../src/swarm/service.ts';
import { aConfig, aNetwork, aSecret, aService, aStack } from '../support/a-stack.ts';
import { FakeEngine } from '../support/fake-engine-client.ts';
import { runVirtual } from '../support/run-virtual.ts';

const OPTIONS: DeployOptions = {
  prune: true,
  resolveImage: 'never',
  compatDocker: false,
  detach: true,
  timeoutMs: undefined,
};

const key = fc.constantFrom('a', 'b', 'c', 'd');
const keys = fc.uniqueArray(key);
const zeroes = fc.constantFrom(undefined, 0, 1);

const service = (name: string): fc.Arbitrary<ServiceSpec> =>
  fc
    .record({
      image: fc.constantFrom('nginx:1', 'nginx:2'),
      networks: fc.uniqueArray(key, { minLength: 1 }),
      secrets: keys,
      configs: keys,
      env: fc.array(fc.constantFrom('A=1', 'B=', 'C')),
      replicas: zeroes,
      delay: zeroes,
      port: fc.constantFrom(undefined, 80, 81),
      init: fc.constantFrom(undefined, false, true),
      isGlobal: fc.boolean(),
    })
    .map((parts) =>
      aService(name, {
        image: parts.image,
        networks: parts.networks,
        Mode: parts.isGlobal
          ? { Global: {} }
          : { Replicated: parts.replicas === undefined ? {} : { Replicas: parts.replicas } },
        ...withReferences(name, parts),
      }),
    );

function withReferences(
  name: string,
  parts: {
    readonly image: string;
    readonly networks: readonly string[];
    readonly secrets: readonly string[];
    readonly configs: readonly string[];
    readonly env: readonly string[];
    readonly delay: number | undefined;
    readonly port: number | undefined;
    readonly init: boolean | undefined;
  },
): Parameters<typeof aService>[1] {
  const plain = aService(name, parts).TaskTemplate;
  return {
    task: {
      ...plain,
      ContainerSpec: {
        ...plain.ContainerSpec,
        Env: parts.env,
        ...(parts.init === undefined ? {} : { Init: parts.init }),
      },
      ...(parts.delay === undefined ? {} : { RestartPolicy: { Delay: parts.delay as never } }),
    },
    EndpointSpec: parts.port === undefined ? {} : { Ports: [{ TargetPort: parts.port }] },
  };
}

const stack: fc.Arbitrary<StackSpec> = fc
  .uniqueArray(key, { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(service)))
  .map((services) =>
    aStack({
      networks: ['a', 'b', 'c', 'd'].map((name) => aNetwork(name)),
      secrets: ['a', 'b', 'c', 'd'].map((name) => aSecret(name, name)),
      configs: ['a', 'b', 'c', 'd'].map((name) => aConfig(name, name)),
      services,
    }),
  );

function world(): { readonly engine: FakeEngine; readonly ports: RolloutPorts } {
  const engine = new FakeEngine();
  const known = new Map<string, SecretSpec>();
  const ports: RolloutPorts = {
    engine: engine.client,
    clock: engine.clock,
    emit: () => undefined,
    secretMemory: {
      compare: ({ ID }, { Data }) =>
        known.has(ID) ? (known.get(ID)?.Data === Data ? 'same' : 'different') : 'unknown',
      remember: (id, spec) => known.set(id, spec),
      refute: () => undefined,
      fingerprint: ({ Data = '' }) => Buffer.from(Data).toString('hex').padEnd(8, '0'),
    },
  };
  return { engine, ports };
}

/** Modes cannot be changed in place; everything else can go from any stack to any other. */
function canFollow(before: StackSpec, after: StackSpec): boolean {
  return after.services.every((one) => {
    const old = before.services.find((other) => other.Name === one.Name);
    return !old || (old.Mode?.Global === undefined) === (one.Mode?.Global === undefined);
  });
}

test('planning what was just applied is empty, whatever was there before', async () => {
  await fc.assert(
    fc.asyncProperty(stack, stack, async (before, after) => {
      fc.pre(canFollow(before, after));
      const { engine, ports } = world();
      for (const spec of [before, after, after]) {
        engine.requests.length = 0;
        await runVirtual(engine.clock, deployStack(spec, OPTIONS, ports));
      }
      expect(engine.writes).toEqual([]);
      expect([...engine.services.values()].map((one) => one.Spec.Name).sort()).toEqual(
        after.services.map((one) => one.Name).sort(),
      );
    }),
    { numRuns: 60 },
  );
});
