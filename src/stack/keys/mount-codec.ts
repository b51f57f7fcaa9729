import { compareStrings } from '../../base/compare.ts';
import { struct, type Codec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { formatScalar } from '../format-scalar.ts';
import { isWindowsAbsolute, resolvePath } from '../paths.ts';
import { flag, text, wholeNumber } from '../scalars.ts';
import { lookUp } from '../service-scope.ts';
import { isYamlMap, type YamlValue } from '../yaml-values.ts';
import { mergeKeyed } from './merge-keyed.ts';
import { parseVolume } from './parse-volume.ts';

interface BindModel {
  readonly propagation?: string;
  readonly create_host_path?: boolean;
}

interface VolumeOptionsModel {
  readonly nocopy?: boolean;
  readonly subpath?: string;
}

interface TmpfsModel {
  readonly size?: number;
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
}

const longForm = struct<MountModel>({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: struct<BindModel>({ propagation: text, create_host_path: flag }, { keepEmpty: true }),
  volume: struct<VolumeOptionsModel>({ nocopy: flag, subpath: text }, { keepEmpty: true }),
  tmpfs: struct<TmpfsModel>(
    { size: wholeNumber({ as: 'int64', zero: 'absent' }) },
    { keepEmpty: true },
  ),
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
  keep: (base, context) =>
    context.compat === 'docker' ? mergeKeyed(base, [], { ...KEYED, context }) : base,
  print: (value) =>
    value.length === 0 ? undefined : value.map((mount) => longForm.print(mount) ?? {}),
};

function decodeItem(item: YamlValue, at: Cursor): MountModel | undefined {
  const mount = isYamlMap(item) ? decodeLong(item, at) : decodeShort(item, at);
  return mount?.type === 'bind' ? resolveSource(mount, at) : mount;
}

function decodeLong(item: YamlValue, at: Cursor): MountModel | undefined {
  const mount = longForm.decode(item, at);
  // Deviates: docker drops bind.create_host_path without a word; D-0060.
  if (at.context.compat !== 'docker' || mount?.bind?.create_host_path === undefined) return mount;
  const { create_host_path: _dropped, ...bind } = mount.bind;
  return { ...mount, bind };
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
    source: isAbsolute ? source : resolvePath(at.context.projectDirectory, source),
  };
}

function expandHome(source: string, at: Cursor): string {
  if (!source.startsWith('~')) return source;
  const home = lookUp(at.context.env, 'HOME');
  if (home !== undefined) return home + source.slice(1);
  at.warn({
    code: 'home-unknown',
    reason: "cannot expand '~', because the environment lacks HOME",
    hint: 'set HOME, or write the path in full',
  });
  return source;
}
