import type { JsonValue } from '../base/brand.ts';
import { byString } from '../base/compare.ts';
import { canonicalSpec } from '../plan/canonical-spec.ts';
import { diffValues } from '../plan/diff.ts';
import type { FieldChange } from '../plan/plan.ts';
import type { ConfigSpec } from '../swarm/config.ts';
import { LABEL_VERSION_OF } from '../swarm/release-labels.ts';
import type { StoredSecret, StoredStack } from './stored-stack.ts';

/** One object that two stored stacks do not have alike. */
export interface StackChange {
  readonly resource: 'network' | 'secret' | 'config' | 'service';
  /** Name the files give to it. */
  readonly name: string;
  readonly action: 'create' | 'update' | 'remove';
  /** Sorted by path; empty unless it is an update. The content of configs and secrets is only said to differ. */
  readonly changes: readonly FieldChange[];
}

/** No name of a network is an id here. */
const NO_NETWORKS: ReadonlyMap<string, string> = new Map();

/** What leads from one stored stack to another: by kind, then name. Pure. */
export function compareStacks(from: StoredStack, to: StoredStack): readonly StackChange[] {
  return [
    ...compare('network', [from.networks, to.networks], (one) => ({
      name: one.Name,
      value: one as unknown as JsonValue,
    })),
    ...compare('secret', [from.secrets, to.secrets], (one) => versioned(one, one.Name)),
    ...compare('config', [from.configs, to.configs], (one) => versioned(one, one.Data ?? '')),
    ...compare('service', [from.services, to.services], (one) => ({
      name: one.Name,
      value: canonicalSpec(one, NO_NETWORKS),
    })),
  ];
}

interface Comparable {
  readonly name: string;
  readonly value: JsonValue;
  /** Not shown; absent where there is none. */
  readonly content?: string;
}

function compare<T>(
  resource: StackChange['resource'],
  [before, after]: readonly [readonly T[], readonly T[]],
  toComparable: (item: T) => Comparable,
): readonly StackChange[] {
  const byName = (items: readonly T[]): ReadonlyMap<string, Comparable> =>
    new Map(items.map(toComparable).map((one) => [one.name, one]));
  const [old, fresh] = [byName(before), byName(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort(byString((one) => one));
  return names.flatMap((name): readonly StackChange[] => {
    const [a, b] = [old.get(name), fresh.get(name)];
    if (!a || !b) return [{ resource, name, action: a ? 'remove' : 'create', changes: [] }];
    const changes = [...contentChange(a, b), ...diffValues(a.value, b.value)];
    return changes.length > 0 ? [{ resource, name, action: 'update', changes }] : [];
  });
}

function contentChange(a: Comparable, b: Comparable): readonly FieldChange[] {
  return a.content === b.content ? [] : [{ path: 'content', from: 'one', to: 'another' }];
}

/** A secret or config under the name of the files, without what tells its versions apart. */
function versioned({ Name, Labels }: StoredSecret | ConfigSpec, content: string): Comparable {
  const { [LABEL_VERSION_OF]: name = Name, ...labels } = Labels ?? {};
  return { name, content, value: { Labels: labels } };
}
