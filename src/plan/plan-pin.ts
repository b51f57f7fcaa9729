import type { StackSpec } from '../stack/stack-spec.ts';
import type { Resolutions } from './images.ts';
import { isWrite, type Operation, type Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** What a plan was made from, as far as it decides what is done: enough to tell that it still holds. */
export interface PlanPin {
  /** `service shop_web`, to id and version index; sorted. */
  readonly objects: readonly (readonly [object: string, version: string])[];
  /** `service-update shop_web`; what is kept is left out. */
  readonly operations: readonly string[];
  /** What the registries said. */
  readonly resolutions: Resolutions;
}

/** The pin of a plan. */
export function pinOf(
  plan: Plan,
  seen: {
    readonly spec: StackSpec;
    readonly snapshot: Snapshot;
    readonly resolutions: Resolutions;
  },
): PlanPin {
  const { spec, snapshot, resolutions } = seen;
  const names = namesOf(plan, spec);
  const isMeant = ({ Spec }: { readonly Spec: { readonly Name: string } }): boolean =>
    names.has(Spec.Name);
  const objects = [
    ...[...snapshot.services, ...snapshot.foreignServices].map(
      (one) => [`service ${one.Spec.Name}`, `${one.ID} ${one.Version.Index}`] as const,
    ),
    ...snapshot.networks
      .filter(({ Name }) => names.has(Name))
      .map((one) => [`network ${one.Name}`, one.Id] as const),
    ...snapshot.secrets
      .filter(isMeant)
      .map((one) => [`secret ${one.Spec.Name}`, `${one.ID} ${one.Version.Index}`] as const),
    ...snapshot.configs
      .filter(isMeant)
      .map((one) => [`config ${one.Spec.Name}`, `${one.ID} ${one.Version.Index}`] as const),
  ].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return { objects, operations: plan.operations.flatMap(toText), resolutions };
}

/** Sending a secret again changes nothing, so it is no part of what was agreed on. */
function toText({ kind, name }: Operation): readonly string[] {
  return isWrite(kind) && kind !== 'secret-verify' ? [`${kind} ${name}`] : [];
}

/** Everything of the cluster that the files name, or the plan. */
function namesOf({ operations }: Plan, spec: StackSpec): ReadonlySet<string> {
  return new Set([
    ...operations.map(({ name }) => name),
    ...spec.externalNetworks.map(({ name }) => name),
    ...spec.externalSecrets.map(({ name }) => name),
    ...spec.externalConfigs.map(({ name }) => name),
  ]);
}

/**
 * What has moved since a plan was made: a phrase each, `service shop_web has changed`; empty while
 * it holds.
 */
export function movedSince(pin: PlanPin, now: PlanPin): readonly string[] {
  const [before, after] = [new Map(pin.objects), new Map(now.objects)];
  const objects = [...new Set([...before.keys(), ...after.keys()])].flatMap((object) => {
    const [was, is] = [before.get(object), after.get(object)];
    if (was === is) return [];
    if (was === undefined) return [`${object} has appeared`];
    if (is === undefined) return [`${object} is gone`];
    const isOther = was.split(' ')[0] !== is.split(' ')[0];
    return [`${object} ${isOther ? 'was removed and made again' : 'has changed'}`];
  });
  if (objects.length > 0) return objects;
  return [
    ...now.operations.filter((one) => !pin.operations.includes(one)).map((one) => `${one} is new`),
    ...pin.operations
      .filter((one) => !now.operations.includes(one))
      .map((one) => `${one} is not needed any more`),
  ];
}
