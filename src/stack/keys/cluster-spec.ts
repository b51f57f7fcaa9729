import { struct, type Codec } from '../codec.ts';
import { listOf, textList, textMap, type TextMap } from '../collections.ts';
import { asWritten, byteSize, text } from '../scalars.ts';
import type { YamlMap, YamlValue } from '../yaml-values.ts';

type Written = NonNullable<YamlValue>;

interface Topology {
  readonly segments?: TextMap;
}

interface AccessMode {
  readonly scope?: string;
  readonly sharing?: string;
  readonly mount_volume?: { readonly fs_type?: string; readonly mount_flags?: readonly string[] };
  readonly block_volume?: Written;
}

/** Settings of a cluster volume: read and shown, never sent. @source spec/stack-file.md 11.1 */
export interface ClusterSpec {
  readonly group?: string;
  readonly access_mode?: AccessMode;
  readonly accessibility_requirements?: {
    readonly requisite?: readonly Topology[];
    readonly preferred?: readonly Topology[];
  };
  readonly capacity_range?: { readonly required_bytes?: number; readonly limit_bytes?: number };
  readonly secrets?: Written;
  readonly availability?: string;
  readonly extensions?: YamlMap;
}

const topologies = listOf(struct<Topology>({ segments: textMap }, { keepEmpty: true }));

/** Reads and prints `x-cluster-spec` of a volume. */
export const clusterSpec: Codec<ClusterSpec> = struct<ClusterSpec>(
  {
    group: text,
    access_mode: struct<AccessMode>(
      {
        scope: text,
        sharing: text,
        mount_volume: struct<NonNullable<AccessMode['mount_volume']>>(
          { fs_type: text, mount_flags: textList },
          { keepEmpty: true },
        ),
        block_volume: asWritten,
      },
      { keepEmpty: true },
    ),
    accessibility_requirements: struct<NonNullable<ClusterSpec['accessibility_requirements']>>(
      { requisite: topologies, preferred: topologies },
      { keepEmpty: true },
    ),
    capacity_range: struct<NonNullable<ClusterSpec['capacity_range']>>(
      { required_bytes: byteSize, limit_bytes: byteSize },
      { keepEmpty: true },
    ),
    secrets: asWritten,
    availability: text,
  },
  { keepEmpty: true },
);
