import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalSpec } from '../../../src/plan/canonical-spec.ts';
import { diffValues } from '../../../src/plan/diff.ts';
import type { ServiceSpec } from '../../../src/swarm/service.ts';

/** Recordings of what docker sent, and of what a real engine stored of it. */
const CORPUS = resolve(import.meta.dirname, '../../../../shared/conformance/stack');

interface Requests {
  readonly runs: Readonly<
    Record<
      string,
      {
        readonly requests: readonly {
          readonly path: string;
          readonly body?: ServiceSpec;
          readonly status?: number;
        }[];
      }
    >
  >;
}

interface State {
  readonly services?: readonly ServiceSpec[];
}

const cases = existsSync(CORPUS)
  ? readdirSync(CORPUS).filter((name) => existsSync(join(CORPUS, name, 'engine-state.golden.json')))
  : [];

function read(name: string, file: string): unknown {
  return JSON.parse(readFileSync(join(CORPUS, name, file), 'utf8'));
}

/** The spec that was sent last for each service. */
function sentLast(requests: Requests): ReadonlyMap<string, ServiceSpec> {
  const accepted = Object.values(requests.runs)
    .flatMap((run) => run.requests)
    .filter((one) => one.path.startsWith('/services/') && one.status === undefined);
  return new Map(accepted.flatMap(({ body }) => (body ? [[body.Name, body] as const] : [])));
}

/** Names of networks by what the recording has in their place. */
function networkNames(stored: ServiceSpec, wanted: ServiceSpec): ReadonlyMap<string, string> {
  const targets = (spec: ServiceSpec): readonly string[] =>
    (spec.TaskTemplate.Networks ?? []).map((one) => one.Target);
  return new Map(
    targets(stored).map((target, index) => {
      const name = targets(wanted)[index] ?? '';
      const isTwin = name === 'host' || name === 'bridge';
      return [target, isTwin ? name : target.replace(/^@network:(.*)@$/, '$1')] as const;
    }),
  );
}

test.skipIf(cases.length === 0)('what a real engine stored of a spec is no difference', () => {
  let compared = 0;
  for (const name of cases) {
    const sent = sentLast(read(name, 'requests.golden.json') as Requests);
    const state = read(name, 'engine-state.golden.json') as State;
    for (const stored of state.services ?? []) {
      const wanted = sent.get(stored.Name);
      if (!wanted) continue;
      compared += 1;
      const names = networkNames(stored, wanted);
      const changes = diffValues(canonicalSpec(stored, names), canonicalSpec(wanted, names));
      expect(changes, `${name} ${stored.Name}`).toEqual([]);
    }
  }
  expect(compared).toBeGreaterThan(300);
});
