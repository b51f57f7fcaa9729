import type { YamlValue } from '../yaml-values.ts';
import type { MergeTag } from './merge-marks.ts';
import type { Extent } from './yaml-error.ts';

/** Where a value stands: a tree parallel to the values, built only when somebody asks for places. */
export interface LocatedNode extends Extent {
  readonly entries?: ReadonlyMap<string, LocatedEntry>;
  readonly items?: readonly LocatedNode[];
}

/** A mapping's entry. Merged entries and aliases point at where the text really is. */
export interface LocatedEntry {
  readonly key: Extent;
  readonly node: LocatedNode;
}

/** A value, and in a located reading its place. */
export interface Composed {
  readonly value: YamlValue;
  readonly node: LocatedNode | undefined;
  readonly mergeTag?: MergeTag;
}
