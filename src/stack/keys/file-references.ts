import { compareStrings } from '../../base/compare.ts';
import type { ConfigId, SecretId } from '../../swarm/object.ts';
import type { FileTarget } from '../../swarm/service.ts';
import { struct, type Codec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { given } from '../given.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { fileMode, text, requireString } from '../scalars.ts';
import { lookUp, type ServiceScope } from '../service-scope.ts';
import { isYamlMap, type YamlValue } from '../yaml-values.ts';
import { mergeKeyed } from './merge-keyed.ts';
import { fileObjectName, type FileObjectKind } from './secrets-and-configs.ts';

/** A secret or config that a service uses; what is absent was not written. */
export interface FileReferenceModel {
  readonly source?: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  /** Permission bits; 0440 is 288. */
  readonly mode?: number;
}

const DEFAULT_MODE = 0o444;

const longForm = struct<FileReferenceModel>(
  {
    source: text,
    target: text,
    uid: text,
    gid: text,
    mode: fileMode('uint32'),
  },
  { keepEmpty: true },
);

const KEYED = {
  key: (one: FileReferenceModel) => one.source ?? '',
  order: (a: FileReferenceModel, b: FileReferenceModel) =>
    compareStrings(a.source ?? '', b.source ?? ''),
};

const referencesCodec: Codec<readonly FileReferenceModel[]> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    return items.flatMap((item, index) => {
      at.enter(index);
      const reference = decodeItem(item, at);
      at.leave();
      return reference ? [reference] : [];
    });
  },
  merge: (base, over, context) => mergeKeyed(base, over, { ...KEYED, context }),
  keep: (base, context) => mergeKeyed(base, [], { ...KEYED, context }),
  print: (value) =>
    value.length === 0 ? undefined : value.map((one) => longForm.print(one) ?? {}),
};

function decodeItem(item: YamlValue, at: Cursor): FileReferenceModel | undefined {
  if (isYamlMap(item)) return longForm.decode(item, at);
  const source = requireString(item, at);
  return source === undefined ? undefined : { source };
}

/** A reference with its real name and place in the container. */
interface NamedReference {
  readonly name: string;
  readonly file: FileTarget;
}

/**
 * The references of a service, sorted by real name, then target (docker's order among references
 * to one object is random).
 */
function resolve(
  kind: FileObjectKind,
  value: readonly FileReferenceModel[],
  scope: ServiceScope,
): readonly NamedReference[] {
  const seen = new Set<string>();
  const resolved: NamedReference[] = [];
  for (const [index, model] of value.entries()) {
    const reference = toReference(kind, { model, index }, scope);
    if (!reference) continue;
    if (seen.has(reference.file.Name)) {
      scope.error([`${kind}s`, index], {
        code: 'duplicate-file-target',
        reason: `duplicate ${kind} target for ${reference.name} not allowed`,
        hint: `give one of them another "target"; both would be ${reference.file.Name}`,
      });
    }
    seen.add(reference.file.Name);
    resolved.push(reference);
  }
  return resolved.sort(
    (a, b) => compareStrings(a.name, b.name) || compareStrings(a.file.Name, b.file.Name),
  );
}

function toReference(
  kind: FileObjectKind,
  { model, index }: { model: FileReferenceModel; index: number },
  scope: ServiceScope,
): NamedReference | undefined {
  const source = model.source ?? '';
  const declared = lookUp(kind === 'secret' ? scope.secrets : scope.configs, source);
  if (!declared) {
    scope.error([`${kind}s`, index], {
      code: `undefined-${kind}`,
      reason: `undefined ${kind} "${source}"`,
      hint: `declare it under the top-level "${kind}s"`,
    });
    return undefined;
  }
  return {
    name: fileObjectName(scope.stack, source, declared),
    file: {
      Name: given(model.target) ?? source,
      UID: given(model.uid) ?? '0',
      GID: given(model.gid) ?? '0',
      Mode: model.mode ?? DEFAULT_MODE,
    },
  };
}

/** Secrets of a service. @source spec/stack-file.md 12.2 */
export const secrets: KeySpec<readonly FileReferenceModel[]> = defineKey({
  codec: referencesCodec,
  support: 'supported',
  convert: (value, scope) => {
    const list = resolve('secret', value, scope).map(({ name, file }) => ({
      File: file,
      SecretID: '' as SecretId,
      SecretName: name,
    }));
    if (list.length > 0) scope.draft.container.Secrets = list;
  },
});

/** Configs of a service. @source spec/stack-file.md 12.2 */
export const configs: KeySpec<readonly FileReferenceModel[]> = defineKey({
  codec: referencesCodec,
  support: 'supported',
  convert: (value, scope) => {
    const list = resolve('config', value, scope).map(({ name, file }) => ({
      File: file,
      ConfigID: '' as ConfigId,
      ConfigName: name,
    }));
    if (list.length > 0) scope.draft.container.Configs = list;
  },
});
