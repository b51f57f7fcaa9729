import { dirtyReason, type DirtyReason } from '../swarm/dirty.ts';
import type { TaskSpec } from '../swarm/service.ts';
import type { FieldChange } from './plan.ts';

/**
 * Which tasks a change of one field replaces: all of them, those on nodes that no longer meet the
 * constraints, or none.
 *
 * The orchestrator's own dirty rule decides, on specs that have nothing but this field.
 * @source spec/orchestrator.md 13.3
 */
export function restartsBy(change: FieldChange): 'all' | 'misplaced' | 'none' {
  const wanted = specWith(change.path, change.to);
  const found = specWith(change.path, change.from);
  const reason: DirtyReason | undefined = dirtyReason(
    { Spec: { TaskTemplate: {}, ...wanted } },
    {
      Spec: found.TaskTemplate ?? {},
      Endpoint: { Spec: found.EndpointSpec },
      Status: { State: 'running' },
      DesiredState: 'running',
    },
    () => false,
  );
  if (reason === undefined) return 'none';
  if (reason !== 'constraints') return 'all';
  // Of a placement only the constraints are looked at: preferences and platforms move nobody.
  return change.path.startsWith('TaskTemplate.Placement.Constraints') ? 'misplaced' : 'none';
}

interface Parts {
  readonly TaskTemplate?: TaskSpec;
  readonly EndpointSpec?: object;
}

/** `{A: {B: value}}` of `A.B`; positions in lists are members too, which compares just as well. */
function specWith(path: string, value: unknown): Parts {
  const keys = path.split(/[.[\]]+/).filter(Boolean);
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Parts;
}
