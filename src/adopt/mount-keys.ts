import type { JsonValue } from '../base/brand.ts';
import type { Mount } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import type { Declarations } from './declarations.ts';
import { filled, mapWithout, set, unless, written, type Part } from './part.ts';

/**
 * The keys that say what is mounted; `tmpfs` for what its long form has no words for.
 * @source spec/stack-file.md section 11, the other way
 */
export function mountKeys(mounts: readonly Mount[], declarations: Declarations): Part {
  // Those of `tmpfs` come last in a request.
  const tail = mounts.findLastIndex((mount) => !needsShortForm(mount)) + 1;
  return {
    volumes: filled(mounts.slice(0, tail).map((mount) => toVolume(mount, declarations))),
    tmpfs: filled(mounts.slice(tail).map(toTmpfs)),
  };
}

function needsShortForm({ Type, TmpfsOptions }: Mount): boolean {
  return Type === 'tmpfs' && (TmpfsOptions?.Options ?? []).length > 0;
}

function toTmpfs({ Target, ReadOnly, TmpfsOptions = {} }: Mount): string {
  const words = [
    ...(ReadOnly === true ? ['ro'] : []),
    ...(TmpfsOptions.SizeBytes ? [`size=${TmpfsOptions.SizeBytes}`] : []),
    ...(TmpfsOptions.Mode === undefined ? [] : [`mode=${TmpfsOptions.Mode.toString(8)}`]),
    ...(TmpfsOptions.Options ?? []).map((words) => words.join('=')),
  ];
  return `${Target}:${words.join(',')}`;
}

function toVolume(mount: Mount, declarations: Declarations): JsonValue {
  const isNamed = mount.Type === 'volume' || mount.Type === 'cluster';
  const isGroup = mount.Source?.startsWith('group:') === true;
  const key =
    isNamed && !isGroup && set(mount.Source) !== undefined ? declarations.volume(mount) : undefined;
  return {
    ...written({
      type: mount.Type,
      source: key ?? set(mount.Source),
      target: mount.Target,
      read_only: set(mount.ReadOnly),
      consistency: set(mount.Consistency),
      bind: bindOptions(mount),
      volume: volumeOptions(mount, key === undefined ? {} : declarations.volumeLabels(key)),
      tmpfs: tmpfsOptions(mount),
    }),
  };
}

function bindOptions({ BindOptions: options }: Mount): Part['bind'] {
  if (!options) return undefined;
  const recursive =
    (options.NonRecursive === true && 'disabled') ||
    (options.ReadOnlyNonRecursive === true && 'writable') ||
    (options.ReadOnlyForceRecursive === true && 'readonly');
  return written({
    propagation: unless(options.Propagation, 'rprivate'),
    create_host_path: set(options.CreateMountpoint),
    recursive: set(recursive),
  });
}

function volumeOptions(
  { VolumeOptions: options }: Mount,
  declared: Readonly<Record<string, string>>,
): Part['volume'] {
  if (options?.Labels?.[LABEL_NAMESPACE] === undefined) {
    return written({ nocopy: set(options?.NoCopy), subpath: set(options?.Subpath) });
  }
  const own = Object.entries(options.Labels).filter(([key, value]) => declared[key] !== value);
  return written({
    nocopy: set(options.NoCopy),
    subpath: set(options.Subpath),
    labels: mapWithout(Object.fromEntries(own), [LABEL_NAMESPACE]),
  });
}

function tmpfsOptions({ TmpfsOptions: options }: Mount): Part['tmpfs'] {
  return written({ size: set(options?.SizeBytes), mode: options?.Mode });
}
