import { isYamlMap, type YamlMap } from '../yaml-values.ts';
import type { Codec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { requireString } from '../scalars.ts';

/** Marks an object that exists outside the stack. */
export interface External {
  /** From the deprecated form `external: {name: x}`; moved to `name` once the object is read. */
  readonly legacyName?: string;
}

/**
 * `external: true | false | {name: x}`; any mapping means true.
 * @source spec/stack-file.md 10.1, 11.1, 12.1
 */
export const external: Codec<External> = {
  decode: (value, at) => {
    if (typeof value === 'boolean') return value ? {} : undefined;
    if (value === 'true') return {};
    if (!isYamlMap(value)) return undefined;
    at.enter('name');
    const name = value['name'] === undefined ? undefined : requireString(value['name'], at);
    at.leave();
    return name === undefined || name === '' ? {} : { legacyName: name };
  },
  merge: (_base, over) => over,
  print: () => true,
};

interface ExternalObject {
  readonly name?: string;
  readonly external?: External;
}

interface ExternalRules {
  readonly kind: 'network' | 'volume' | 'secret' | 'config';
  readonly key: string;
  /** Minor version from which `name` exists, and `external.name` is deprecated. */
  readonly nameSince: number;
}

/**
 * A network or volume as docker holds it: `x-` keys stay with external ones only.
 *
 * Parity: docker's loader copies them after it has left out what the stack makes itself.
 */
export function withoutOwnExtensions<T extends ExternalObject & { extensions?: YamlMap }>(
  object: T,
  at: Cursor,
): T {
  if (at.context.format === 'compose' || object.external || !object.extensions) return object;
  const { extensions: _extensions, ...rest } = object;
  return rest as T;
}

/**
 * Gives an external object its name: its own, the one of `external.name`, or its key.
 *
 * Reports a name given twice, and (from the version that knows `name`) the deprecated form.
 */
export function settleExternal<T extends ExternalObject>(
  object: T,
  at: Cursor,
  { kind, key, nameSince }: ExternalRules,
): T {
  if (!object.external) return object;
  const { legacyName } = object.external;
  if (legacyName === undefined) {
    return object.name === undefined || object.name === '' ? { ...object, name: key } : object;
  }
  if (object.name !== undefined && object.name !== '') {
    at.problem({
      code: 'external-name-twice',
      severity: 'error',
      message: `${kind} ${key}: ${kind}.external.name and ${kind}.name conflict; only use ${kind}.name`,
      hint: `write "external: true" and keep "name: ${object.name}"`,
    });
    return object;
  }
  if (at.context.minor >= nameSince) {
    at.warn({
      code: 'external-name-deprecated',
      reason: `${kind} ${key}: ${kind}.external.name is deprecated in favor of ${kind}.name`,
      hint: `write "external: true" and "name: ${legacyName}"`,
    });
  }
  return { ...object, name: legacyName, external: {} };
}
