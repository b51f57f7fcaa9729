import { isEqual } from './diff.ts';
import type { Config, ConfigSpec } from '../swarm/config.ts';
import type { Driver, StringMap } from '../swarm/object.ts';
import { LABEL_VERSION_OF } from '../swarm/release-labels.ts';
import type { Secret, SecretSpec } from '../swarm/secret.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import { diffValues } from './diff.ts';
import type { FieldChange, PlanNote, Refusal } from './plan.ts';
import type { SecretMatch } from './secret-memory.ts';

/** What to do with one declared secret or config. */
export interface BlobDecision {
  readonly action: 'create' | 'update' | 'verify' | 'keep';
  readonly cause: string;
  readonly changes: readonly FieldChange[];
  readonly notes: readonly PlanNote[];
  readonly refusals: readonly Refusal[];
}

interface BlobPair {
  readonly kind: 'secret' | 'config';
  readonly wanted: SecretSpec | ConfigSpec;
  readonly stored: Secret | Config | undefined;
  readonly match: SecretMatch;
  /** Update what is unchanged too, as docker does. */
  readonly rewrites: boolean;
}

/**
 * What a declared secret or config needs.
 *
 * An engine changes nothing but labels: other content is refused here, before the first write.
 * @source spec/stack-file.md section 12.3
 */
export function decideBlob(pair: BlobPair): BlobDecision {
  const { kind, wanted, stored, match, rewrites } = pair;
  const nothing = { changes: [], notes: [], refusals: [] } as const;
  if (!stored) return { ...nothing, action: 'create', cause: creationCause(wanted) };
  const isOurs = stored.Spec.Labels?.[LABEL_NAMESPACE] === wanted.Labels?.[LABEL_NAMESPACE];
  const changes = diffValues(stored.Spec.Labels ?? {}, wanted.Labels ?? {}).map((change) => ({
    ...change,
    path: `Labels.${change.path}`,
  }));
  const shared = {
    changes,
    notes: driverNotes(pair),
    refusals: match === 'different' ? [changedContent(kind, wanted.Name)] : [],
  };
  if (changes.length > 0) {
    return {
      ...shared,
      action: 'update',
      cause: isOurs ? 'labels differ' : 'adopted: it has no stack',
    };
  }
  if (match === 'unknown') {
    return { ...shared, action: 'verify', cause: 'only the engine can compare its content' };
  }
  if (rewrites) return { ...shared, action: 'update', cause: 'docker updates what is unchanged' };
  return { ...shared, action: 'keep', cause: 'unchanged' };
}

function creationCause({ Labels }: SecretSpec | ConfigSpec): string {
  const name = Labels?.[LABEL_VERSION_OF];
  return name === undefined ? 'declared, not found' : `the content of ${name} has changed`;
}

function changedContent(kind: 'secret' | 'config', name: string): Refusal {
  return {
    code: `${kind}-content-changed`,
    subject: name,
    message: `failed to update ${kind} ${name}: its content has changed, and only updates to Labels are allowed`,
    hint: `let it become a new object that services move over to: --rotate, or \`x-tstack: {rotate: true}\`; or give the ${kind} a new \`name:\``,
  };
}

/** Drivers are fixed at creation and the engine drops a change without a word. */
function driverNotes(pair: BlobPair): readonly PlanNote[] {
  const { kind, wanted, stored } = pair;
  const members = ['Driver', 'Templating'] as const;
  return members.flatMap((member) => {
    const [before, after] = [driverOf(stored?.Spec, member), driverOf(wanted, member)];
    if (isEqual(before, after)) return [];
    return [
      {
        code: `${kind}-driver-fixed`,
        severity: 'warning' as const,
        subject: wanted.Name,
        message: `${kind} ${wanted.Name}: ${member} differs from the file and cannot be changed; give the ${kind} a new name`,
      },
    ];
  });
}

function driverOf(
  spec: SecretSpec | ConfigSpec | undefined,
  member: 'Driver' | 'Templating',
): { readonly Name: string; readonly Options: StringMap } {
  const members: { readonly Driver?: Driver; readonly Templating?: Driver } = spec ?? {};
  const driver = members[member];
  return { Name: driver?.Name ?? '', Options: driver?.Options ?? {} };
}
