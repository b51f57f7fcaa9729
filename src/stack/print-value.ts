import type { YamlFloat, YamlScalar, YamlTimestamp } from './yaml-values.ts';

/**
 * What the YAML printer takes: plain objects keep their order, `Map`s too (and may hold keys that
 * look like numbers, which plain objects would reorder).
 */
export type PrintValue =
  | YamlScalar
  | YamlFloat
  | YamlTimestamp
  | readonly PrintValue[]
  | ReadonlyMap<string, PrintValue>
  | { readonly [key: string]: PrintValue };
