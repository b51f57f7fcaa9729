import { applyMergePatch, isJsonObject } from '../../base/merge-patch.ts';
import type { JsonValue } from '../../base/brand.ts';
import type { ServiceSpec } from '../../swarm/service.ts';
import { LABEL_NAMESPACE } from '../../swarm/stack-labels.ts';
import type { Cursor } from '../cursor.ts';
import {
  isYamlMap,
  YamlFloat,
  YamlTimestamp,
  type YamlMap,
  type YamlValue,
} from '../yaml-values.ts';

/** Members of a service spec that may be said in the Engine API's own words. */
const MEMBERS = [
  'Labels',
  'TaskTemplate',
  'Mode',
  'UpdateConfig',
  'RollbackConfig',
  'EndpointSpec',
] as const;

/**
 * Reads `x-tstack: {spec: …}`: what of a service spec no key of a stack file says.
 *
 * The name and the stack of a service are not part of it: they say which service it is.
 */
export function decodeSpecPatch(value: YamlValue, at: Cursor): YamlMap | undefined {
  if (value === null) return undefined;
  if (!isYamlMap(value)) {
    const hint = 'write it like {TaskTemplate: {ContainerSpec: {…}}}';
    at.error({ code: 'invalid-service-spec', reason: 'must be a mapping', hint });
    return undefined;
  }
  const unknown = Object.keys(value).filter((key) => !(MEMBERS as readonly string[]).includes(key));
  for (const key of unknown) {
    at.enter(key);
    const reason = `${key} is no part of a service spec that a file can say`;
    at.error({ code: 'invalid-service-spec', reason, hint: `use ${MEMBERS.join(', ')}` });
    at.leave();
  }
  const labels = value['Labels'];
  if (isYamlMap(labels) && Object.hasOwn(labels, LABEL_NAMESPACE)) {
    const reason = `${LABEL_NAMESPACE} says which stack a service belongs to`;
    at.error({ code: 'invalid-service-spec', reason, hint: 'remove the label' });
  }
  return value;
}

/** The spec of a service with what `x-tstack: {spec: …}` says over it (a JSON merge patch). */
export function withSpecPatch(spec: ServiceSpec, patch: YamlMap | undefined): ServiceSpec {
  if (!patch) return spec;
  return applyMergePatch(spec as unknown as JsonValue, toJson(patch)) as unknown as ServiceSpec;
}

/** Whether a service is taken off every network, the stack's default one too. */
export function joinsNoNetwork(patch: YamlMap | undefined): boolean {
  const task = patch ? toJson(patch)['TaskTemplate'] : undefined;
  return isJsonObject(task) && Object.hasOwn(task, 'Networks') && task['Networks'] === null;
}

function toJson(value: YamlMap): { readonly [key: string]: JsonValue } {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, valueToJson(one)]));
}

function valueToJson(value: YamlValue): JsonValue {
  if (value instanceof YamlFloat) return value.value;
  if (value instanceof YamlTimestamp) return value.text;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly YamlValue[]).map(valueToJson);
  return isYamlMap(value) ? toJson(value) : (value as JsonValue);
}
