import { compareStrings } from '../../base/compare.ts';
import { textMap, type TextMap } from '../collections.ts';
import { struct, type Codec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { formatScalar } from '../format-scalar.ts';
import { isWindowsAbsolute, resolvePath } from '../paths.ts';
import { byteSize, fileMode, flag, text, wholeNumber } from '../scalars.ts';
import { isYamlMap, type YamlValue } from '../yaml-values.ts';
import { mergeKeyed } from './merge-keyed.ts';
import { parseVolume } from './parse-volume.ts';

interface BindModel {
  readonly propagation?: string;
  readonly create_host_path?: boolean;
  readonly recursive?: string;
}

interface VolumeOptionsModel {
  readonly nocopy?: boolean;
  readonly subpath?: string;
  readonly labels?: TextMap;
}

interface TmpfsModel {
  readonly size?: number;
  /** Permission bits; 0o1777 is 1023. */
  readonly mode?: number;
}

/** A mount of the file, in the long form. @source spec/stack-file.md 11.3 */
export interface MountModel {
  readonly type?: string;
  readonly source?: string;
  readonly target?: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: BindModel;
  readonly volume?: VolumeOptionsModel;
  readonly tmpfs?: TmpfsModel;
  /** The source was written relative to a file; neither read nor printed. */
  readonly isRelative?: true;
}

const plainSize = wholeNumber({ as: 'int64', zero: 'absent' });

/** Docker takes a number; the Compose Specification also a text with a unit. */
const size: Codec<number> = {
  ...plainSize,
  decode: (value, at) => (at.context.format === 'compose' ? byteSize : plainSize).decode(value, at),
};

const longForm = struct<Omit<MountModel, 'isRelative'>>({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: struct<BindModel>(
    { propagation: text, create_host_path: flag, recursive: text },
    { keepEmpty: true },
  ),
  volume: struct<VolumeOptionsModel>(
    { nocopy: flag, subpath: text, labels: textMap },
    { keepEmpty: true },
  ),
  tmpfs: struct<TmpfsModel>({ size, mode: fileMode('uint32') }, { keepEmpty: true }),
});

const KEYED = {
  key: (mount: MountModel) => mount.target ?? '',
  order: (a: MountModel, b: MountModel) => compareStrings(a.target ?? '', b.target ?? ''),
};

/** Reads, merges and prints the `volumes` of a service. @source spec/stack-file.md 11.2-11.4 */
export const mountsCodec: Codec<readonly MountModel[]> = {
  decode: (value, at) => {
    if (value === null) return undefined;
    const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    return items.flatMap((item, index) => {
      at.enter(index);
      const mount = decodeItem(item, at);
      at.leave();
      return mount ? [mount] : [];
    });
  },
  merge: (base, over, context) => mergeKeyed(base, over, { ...KEYED, context }),
  keep: (base, context) => mergeKeyed(base, [], { ...KEYED, context }),
  print: (value) =>
    value.length === 0 ? undefined : value.map((mount) => longForm.print(mount) ?? {}),
};

function decodeItem(item: YamlValue, at: Cursor): MountModel | undefined {
  const mount = isYamlMap(item) ? decodeLong(item, at) : decodeShort(item, at);
  return mount?.type === 'bind' ? resolveSource(mount, at) : mount;
}

function decodeLong(item: YamlValue, at: Cursor): MountModel | undefined {
  const mount = longForm.decode(item, at);
  return mount && at.context.format === 'docker' ? asDockerReads(mount, at) : mount;
}

/** Parity: docker drops these options; we say so. Of `bind.create_host_path` see D-0060. */
function asDockerReads({ bind, volume, tmpfs, ...mount }: MountModel, at: Cursor): MountModel {
  const { recursive, create_host_path: create, ...bindOptions } = bind ?? {};
  const { labels, ...volumeOptions } = volume ?? {};
  const { mode, ...tmpfsOptions } = tmpfs ?? {};
  const isExact = at.context.compat === 'docker';
  const dropped = { 'bind.recursive': recursive, 'volume.labels': labels, 'tmpfs.mode': mode };
  for (const [option, value] of Object.entries(dropped)) {
    if (value !== undefined && !isExact) warnOfDropped(option, at);
  }
  const kept = isExact || create === undefined ? {} : { create_host_path: create };
  return {
    ...mount,
    ...(bind && { bind: { ...bindOptions, ...kept } }),
    ...(volume && { volume: volumeOptions }),
    ...(tmpfs && { tmpfs: tmpfsOptions }),
  };
}

function warnOfDropped(option: string, at: Cursor): void {
  for (const step of option.split('.')) at.enter(step);
  const hint = 'docker stack ignores it; a top-level "name" makes it count';
  at.warn({ code: 'key-without-effect', reason: `${at.toString()} has no effect`, hint });
  at.leave();
  at.leave();
}

function decodeShort(item: YamlValue, at: Cursor): MountModel | undefined {
  const written = typeof item === 'object' && item !== null ? '' : formatScalar(item);
  const rule = at.context.compat === 'docker' ? 'always' : 'when-plausible';
  const parsed = parseVolume(written, rule);
  if (parsed.kind === 'error') {
    const hint = 'write [source:]target[:options]';
    at.error({ code: 'invalid-volume', reason: parsed.reason, hint });
    return undefined;
  }
  const { type, source, target, readOnly, noCopy, propagation } = parsed.volume;
  return {
    type,
    ...(source !== undefined && { source }),
    target,
    ...(readOnly && { read_only: true }),
    ...(propagation !== undefined && { bind: { propagation } }),
    ...(noCopy && { volume: { nocopy: true } }),
  };
}

/** Makes the source of a bind mount absolute. @source spec/stack-file.md 11.4 */
function resolveSource(mount: MountModel, at: Cursor): MountModel {
  const written = mount.source ?? '';
  if (written === '') {
    at.problem({
      code: 'bind-without-source',
      severity: 'error',
      message: 'invalid mount config for type "bind": field Source must not be empty',
      hint: 'name the directory or file of the host with "source:"',
    });
    return mount;
  }
  const source = expandHome(written, at);
  const isAbsolute = source.startsWith('/') || isWindowsAbsolute(source);
  return {
    ...mount,
    ...(!isAbsolute && { isRelative: true as const }),
    source: isAbsolute ? source : resolvePath(at.directory(), source),
  };
}

function expandHome(source: string, at: Cursor): string {
  if (!source.startsWith('~')) return source;
  const home = at.variable('HOME');
  if (home !== undefined) return home + source.slice(1);
  at.warn({
    code: 'home-unknown',
    reason: "cannot expand '~', because the environment lacks HOME",
    hint: 'set HOME, or write the path in full',
  });
  return source;
}
