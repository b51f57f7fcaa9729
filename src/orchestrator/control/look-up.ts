import { engineRefusal } from '../control-error.ts';
import { taskName } from '../task-name.ts';
import type { NamedKind, StoreView } from '../store/store-view.ts';
import type { ObjectByKind, ObjectKind, StoredNode, StoredTask } from '../store/stored-object.ts';

/** Kinds that a path or a filter names. */
export type LookUpKind = Exclude<ObjectKind, 'cluster'>;

/**
 * The object that a path or filter means: full id, else exact name (case matters), else id prefix.
 *
 * A node's name is its host name, a task's `service.slot.id`.
 * @throws ControlError not-found, or invalid-argument when several match
 * @source spec/orchestrator.md section 24.1; spec/engine-api.md section 1.7
 */
export function lookUp<K extends LookUpKind>(
  view: StoreView,
  kind: K,
  input: string,
): ObjectByKind[K] {
  const exact = view.get(kind, input as ObjectByKind[K]['ID']);
  if (exact) return exact;
  const named = BY_NAME[kind](view, input) as readonly ObjectByKind[K][];
  const found = named.length > 0 || input === '' ? named : view.byIdPrefix(kind, input);
  const [first, ...others] = found;
  if (!first) throw engineRefusal(`${kind} ${input} not found`, 'not-found');
  if (others.length > 0) {
    throw engineRefusal(`${kind} ${input} is ambiguous (${found.length} matches found)`);
  }
  return first;
}

const named =
  (kind: NamedKind) =>
  (view: StoreView, name: string): readonly ObjectByKind[NamedKind][] => {
    const object = view.byName(kind, name);
    return object?.Spec.Name === name ? [object] : [];
  };

const BY_NAME: {
  readonly [K in LookUpKind]: (view: StoreView, name: string) => readonly unknown[];
} = {
  service: named('service'),
  network: named('network'),
  secret: named('secret'),
  config: named('config'),
  node: nodesByName,
  task: (view, name) => {
    const id = name.slice(name.lastIndexOf('.') + 1);
    const task = name.includes('.') ? view.get('task', id as StoredTask['ID']) : undefined;
    return task && taskName(task) === name ? [task] : [];
  },
};

function nodesByName(view: StoreView, name: string): readonly StoredNode[] {
  const byHostname = view.nodesByHostname(name);
  if (byHostname.length > 0) return byHostname;
  return name === '' ? [] : view.list('node').filter((node) => node.Spec.Name === name);
}
