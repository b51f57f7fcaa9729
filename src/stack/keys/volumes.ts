import { textMap, isEmpty, type TextMap } from '../collections.ts';
import { struct, type Codec } from '../codec.ts';
import { scopeName } from '../../swarm/stack-labels.ts';
import type { Cursor } from '../cursor.ts';
import { text } from '../scalars.ts';
import type { YamlMap } from '../yaml-values.ts';
import { clusterSpec, type ClusterSpec } from './cluster-spec.ts';
import { external, settleExternal, withoutOwnExtensions, type External } from './external.ts';

/** A top-level volume of the file. @source spec/stack-file.md 11.1 */
export interface VolumeModel {
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: TextMap;
  readonly external?: External;
  readonly labels?: TextMap;
  /** Accepted and shown; a stack never creates cluster volumes. */
  readonly 'x-cluster-spec'?: ClusterSpec;
  readonly extensions?: YamlMap;
}

const fields = struct<VolumeModel>({
  name: text,
  driver: text,
  driver_opts: textMap,
  external,
  labels: textMap,
  'x-cluster-spec': clusterSpec,
});

/** Reads, merges and prints the entries of `volumes`; an entry in two files is replaced whole. */
export const volumeCodec: Codec<VolumeModel> = {
  decode: (value, at) => {
    const object = value === null ? {} : fields.decode(value, at);
    if (!object) return undefined;
    const key = at.key();
    reportConflicts(object, key, at);
    const own = withoutOwnExtensions(object, at);
    return settleExternal(own, at, { kind: 'volume', key, nameSince: 4 });
  },
  merge: (_base, over) => over,
  print: (value) => fields.print(value) ?? {},
};

function reportConflicts(volume: VolumeModel, key: string, at: Cursor): void {
  if (!volume.external) return;
  const given: readonly (readonly [string, boolean])[] = [
    ['driver', (volume.driver ?? '') !== ''],
    ['driver_opts', !isEmpty(volume.driver_opts ?? {})],
    ['labels', !isEmpty(volume.labels ?? {})],
  ];
  for (const [parameter, isGiven] of given) {
    if (!isGiven) continue;
    at.enter(parameter);
    at.problem({
      code: 'external-volume-conflict',
      severity: 'error',
      message: `conflicting parameters "external" and "${parameter}" specified for volume "${key}"`,
      hint: 'an external volume exists already: drop the parameter, or drop "external"',
    });
    at.leave();
  }
}

/** Name of a volume on the nodes. */
export function volumeName(stack: string, key: string, volume: VolumeModel): string {
  const given = volume.name ?? '';
  return given === '' ? scopeName(stack, key) : given;
}
