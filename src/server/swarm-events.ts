import { LABEL_PREDEFINED } from '../orchestrator/allocator/network-books.ts';
import type { Change, ChangeOf, Commit } from '../orchestrator/store/commit.ts';
import type {
  ObjectByKind,
  StoredNode,
  StoredService,
} from '../orchestrator/store/stored-object.ts';
import type { EventFacts } from './event-log.ts';

type Attributes = Readonly<Record<string, string>>;

/**
 * What a commit looks like to those who watch events: nothing about tasks.
 * @source spec/engine-api.md section 3; moby daemon/cluster_events.go
 */
export function eventsOf(commit: Commit): readonly EventFacts[] {
  return commit.changes.flatMap((change) => {
    const attributes = attributesOf(change);
    if (!attributes) return [];
    const { ID: id } = change.object ?? change.old;
    const { action, kind: type } = change;
    return [{ type, action, scope: 'swarm', id, attributes, at: commit.at }];
  });
}

/** Undefined: the kind, or this object of it, is not told of. */
function attributesOf(change: Change): Attributes | undefined {
  switch (change.kind) {
    case 'task':
    case 'cluster':
      return undefined;
    case 'secret':
    case 'config':
      return { name: (change.object ?? change.old).Spec.Name };
    case 'network':
      return networkAttributes(change);
    case 'service':
      return serviceAttributes(change);
    case 'node':
      return nodeAttributes(change);
  }
}

function networkAttributes(change: ChangeOf<'network'>): Attributes | undefined {
  const { Spec }: ObjectByKind['network'] = change.object ?? change.old;
  return Spec.Labels?.[LABEL_PREDEFINED] === 'true' ? undefined : { name: Spec.Name };
}

function serviceAttributes({ old, object }: ChangeOf<'service'>): Attributes {
  const name = (object ?? old)?.Spec.Name ?? '';
  return { name, ...(old && object && serviceChanges(old, object)) };
}

function nodeAttributes({ old, object }: ChangeOf<'node'>): Attributes {
  const name = (object ?? old)?.Description.Hostname ?? '';
  return { name, ...(old && object && nodeChanges(old, object)) };
}

function serviceChanges(old: StoredService, now: StoredService): Attributes {
  const replicas = (one: StoredService): string | undefined =>
    one.Spec.Mode?.Replicated && String(one.Spec.Mode.Replicated.Replicas ?? 1);
  const image = (one: StoredService): string | undefined =>
    one.Spec.TaskTemplate.ContainerSpec?.Image;
  return {
    ...changed('replicas', replicas(old), replicas(now)),
    ...changed('image', image(old), image(now)),
    ...changed('updatestate', old.UpdateStatus?.State, now.UpdateStatus?.State),
  };
}

function nodeChanges(old: StoredNode, now: StoredNode): Attributes {
  const leader = ({ ManagerStatus }: StoredNode): string | undefined =>
    ManagerStatus && String(ManagerStatus.Leader === true);
  return {
    ...changed('availability', old.Spec.Availability, now.Spec.Availability),
    ...changed('role', old.Spec.Role, now.Spec.Role),
    ...changed('state', old.Status.State, now.Status.State),
    ...changed('leader', leader(old), leader(now)),
    ...changed('reachability', old.ManagerStatus?.Reachability, now.ManagerStatus?.Reachability),
  };
}

/** What appears has no old value; what goes is not told of. */
function changed(name: string, old: string | undefined, now: string | undefined): Attributes {
  if (now === undefined || old === now) return {};
  return { ...(old !== undefined && { [`${name}.old`]: old }), [`${name}.new`]: now };
}
