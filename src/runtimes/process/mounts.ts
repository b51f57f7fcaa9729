import { join } from 'node:path';
import type { Mount } from '../../swarm/service.ts';
import type { ProgramPaths } from './programs.ts';

/** A mount as it is made in a task's own view of the file system. */
export type TaskMount =
  | {
      readonly kind: 'bind';
      /** Absolute, exists. */
      readonly source: string;
      readonly target: string;
      readonly isReadOnly: boolean;
    }
  | {
      /** A file, read-only; its target is made, with its directories, when it is not there. */
      readonly kind: 'file';
      readonly source: string;
      readonly target: string;
    }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly options: string };

/*
 * Makes the mounts in the namespace it runs in, and becomes the rest of its arguments. Groups of four:
 * kind, source or options, target, ro or rw. What a file hides is made inside the namespace, for the
 * mount around it may be there only. Nothing of the user's is part of the script.
 */
const SCRIPT = `
set -e
until [ "$1" = -- ]; do
  case $1 in
    bind)
      mount --rbind "$2" "$3"
      if [ "$4" = ro ]; then mount -o remount,bind,ro "$3"; fi ;;
    file)
      if [ ! -e "$3" ]; then
        if [ -n "\${3%/*}" ]; then mkdir -p "\${3%/*}"; fi
        : >"$3"
      fi
      mount --bind "$2" "$3"
      mount -o remount,bind,ro "$3" ;;
    tmpfs) mount -t tmpfs -o "$2" tmpfs "$3" ;;
  esac
  shift 4
done
shift
exec "$@"
`;

/** The programs that give a task its own mounts; empty when it has none. */
export function mountArgv(mounts: readonly TaskMount[], programs: ProgramPaths): readonly string[] {
  if (mounts.length === 0) return [];
  const groups = mounts.flatMap(toGroup);
  const unshare = [programs.unshare ?? '', '--mount', '--propagation', 'private', '--'];
  return [...unshare, programs.sh, '-c', SCRIPT, 'tstack-mounts', ...groups, '--'];
}

function toGroup(mount: TaskMount): readonly string[] {
  if (mount.kind === 'tmpfs') return ['tmpfs', mount.options, mount.target, 'rw'];
  if (mount.kind === 'file') return ['file', mount.source, mount.target, 'ro'];
  return ['bind', mount.source, mount.target, mount.isReadOnly ? 'ro' : 'rw'];
}

/** Where the sources of volumes are. */
export interface VolumePlaces {
  /** Directory of the named volumes, absolute. */
  readonly volumes: string;
  /** Directory for volumes without a name, which belong to one task. */
  readonly ownVolumes: string;
}

/** What a task's mounts come to. */
export interface MountPlan {
  readonly mounts: readonly TaskMount[];
  /** Directories of volumes, to be made when they are not there. */
  readonly volumes: readonly string[];
  /** Sources that must exist already: those of bind mounts. */
  readonly mustExist: readonly string[];
}

/** A volume's name as docker allows it; anything else could leave the directory. */
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/**
 * Plans the mounts of a task. A path bound to itself needs nothing done.
 * @throws Error when a volume has a name that docker would refuse
 */
export function planMounts(mounts: readonly Mount[], places: VolumePlaces): MountPlan {
  const plan = {
    mounts: [] as TaskMount[],
    volumes: [] as string[],
    mustExist: [] as string[],
  };
  mounts.forEach((mount, index) => {
    const { Target: target, Source = '', ReadOnly: isReadOnly = false } = mount;
    if (mount.Type === 'tmpfs') {
      plan.mounts.push({ kind: 'tmpfs', target, options: tmpfsOptions(mount) });
      return;
    }
    let source = Source;
    if (mount.Type === 'bind') plan.mustExist.push(source);
    else {
      source = volumeDirectory(mount, index, places);
      plan.volumes.push(source);
    }
    if (source !== target || isReadOnly)
      plan.mounts.push({ kind: 'bind', source, target, isReadOnly });
  });
  // Outer mounts first: one inside another must not be hidden by it.
  plan.mounts.sort((a, b) => depth(a.target) - depth(b.target));
  return plan;
}

function volumeDirectory(mount: Mount, index: number, places: VolumePlaces): string {
  const { Source = '' } = mount;
  if (Source === '') return join(places.ownVolumes, String(index));
  if (!VOLUME_NAME.test(Source)) {
    throw new Error(`"${Source}" includes invalid characters for a local volume name`);
  }
  return join(places.volumes, Source);
}

function tmpfsOptions({ TmpfsOptions: options }: Mount): string {
  return [
    'nosuid',
    'nodev',
    ...(options?.SizeBytes ? [`size=${options.SizeBytes}`] : []),
    `mode=${(options?.Mode ?? 0o1777).toString(8)}`,
  ].join(',');
}

function depth(path: string): number {
  return path.split('/').filter(Boolean).length;
}
