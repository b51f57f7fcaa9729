import type { ConfigSpec } from '../../swarm/config.ts';
import type { SecretSpec } from '../../swarm/secret.ts';
import { scopeName } from '../../swarm/stack-labels.ts';
import { textMap, type TextMap } from '../collections.ts';
import { struct, type Codec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { resolvePath } from '../paths.ts';
import { text } from '../scalars.ts';
import type { YamlMap } from '../yaml-values.ts';
import { external, settleExternal, type External } from './external.ts';
import { withNamespace } from './networks.ts';

/** A top-level secret or config of the file. @source spec/stack-file.md 12.1 */
export interface FileObjectModel {
  readonly name?: string;
  /** Absolute; the project directory itself when nothing was given. */
  readonly file?: string;
  /** Configs only: the data itself. */
  readonly content?: string;
  /** Variable of the project that holds the data. */
  readonly environment?: string;
  readonly external?: External;
  readonly labels?: TextMap;
  /** Secrets only: a plugin gives the data. */
  readonly driver?: string;
  readonly driver_opts?: TextMap;
  readonly template_driver?: string;
  readonly extensions?: YamlMap;
}

/** The two kinds of objects that are files in containers. */
export type FileObjectKind = 'secret' | 'config';

/** A text of which the empty one is not nothing: it is data of the wrong length. */
const anyText: Codec<string> = { ...text, merge: (_base, over) => over, print: (value) => value };

const fields = struct<FileObjectModel>({
  name: text,
  file: text,
  content: anyText,
  environment: text,
  external,
  labels: textMap,
  driver: text,
  driver_opts: textMap,
  template_driver: text,
});

function fileObjectCodec(kind: FileObjectKind): Codec<FileObjectModel> {
  return {
    decode: (value, at) => {
      const object = fields.decode(value, at);
      if (!object) return undefined;
      const key = at.key();
      if (object.external) return settleExternal(object, at, { kind, key, nameSince: 5 });
      reportSeveralSources(object, { kind, key, at });
      if (object.content !== undefined || object.environment !== undefined) return object;
      if ((object.driver ?? '') === '') {
        return { ...object, file: resolvePath(at.directory(), object.file ?? '') };
      }
      if ((object.file ?? '') !== '') {
        at.problem({
          code: 'driver-and-file',
          severity: 'error',
          message: `${kind} ${key}: ${kind}.driver and ${kind}.file conflict; only use ${kind}.driver`,
          hint: 'the driver gives the data: drop "file", or drop "driver"',
        });
      }
      return object;
    },
    merge: (_base, over) => over,
    print: (value) => fields.print(value) ?? {},
  };
}

/** @source compose-spec 08-configs.md, 09-secrets.md */
function reportSeveralSources(
  object: FileObjectModel,
  { kind, key, at }: { kind: FileObjectKind; key: string; at: Cursor },
): void {
  const given = (['file', 'content', 'environment'] as const).filter(
    (source) => object[source] !== undefined,
  );
  if (given.length < 2) return;
  at.problem({
    code: 'several-data-sources',
    severity: 'error',
    message: `${kind} ${key}: ${given.join(' and ')} are mutually exclusive`,
    hint: 'keep the one that holds the data',
  });
}

/** Reads, merges and prints the entries of `secrets`; an entry in two files is replaced whole. */
export const secretCodec: Codec<FileObjectModel> = fileObjectCodec('secret');

/** Reads, merges and prints the entries of `configs`; an entry in two files is replaced whole. */
export const configCodec: Codec<FileObjectModel> = fileObjectCodec('config');

/** Name of a secret or config in the cluster. */
export function fileObjectName(stack: string, key: string, object: FileObjectModel): string {
  const given = object.name ?? '';
  return given === '' ? scopeName(stack, key) : given;
}

/**
 * The request that creates a secret.
 * @param data - base64; empty when a driver gives it
 * @source spec/stack-file.md 12.3
 */
export function toSecretSpec(
  { stack, key, data }: { stack: string; key: string; data: string },
  object: FileObjectModel,
): SecretSpec {
  const driver = object.driver ?? '';
  return {
    ...toConfigSpec({ stack, key, data }, object),
    ...(driver !== '' && {
      Driver: { Name: driver, ...(object.driver_opts && { Options: object.driver_opts }) },
    }),
  };
}

/** The request that creates a config; `data` is base64. @source spec/stack-file.md 12.3 */
export function toConfigSpec(
  { stack, key, data }: { stack: string; key: string; data: string },
  object: FileObjectModel,
): ConfigSpec {
  const templating = object.template_driver ?? '';
  return {
    Name: fileObjectName(stack, key, object),
    Labels: withNamespace(stack, object.labels),
    Data: data,
    ...(templating !== '' && { Templating: { Name: templating } }),
  };
}
