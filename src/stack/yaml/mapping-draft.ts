import { type YamlMap, type YamlValue, isYamlMap } from '../yaml-values.ts';
import type { Composed, LocatedEntry } from './located-node.ts';
import type { MergeMarks } from './merge-marks.ts';
import { tagOf } from './resolve-scalar.ts';
import type { Token } from './token.ts';
import type { Extent, YamlProblem } from './yaml-error.ts';

/** Collects a problem, or throws when the reading only wants to know that there is one. */
export type YamlReport = (problem: YamlProblem) => void;

/** A mapping under construction: own keys first, merged ones when it is finished. */
export class MappingDraft {
  private readonly map = Object.create(null) as Record<string, YamlValue>;
  private readonly entries: Map<string, LocatedEntry> | undefined;
  private readonly report: YamlReport;
  private readonly marks: MergeMarks;
  private mergeKey: Extent | undefined;
  private sources: readonly Composed[] = [];

  constructor(report: YamlReport, located: boolean, marks: MergeMarks) {
    this.report = report;
    this.marks = marks;
    this.entries = located ? new Map() : undefined;
  }

  add(keyToken: Token, key: Composed, value: Composed): void {
    if (typeof key.value !== 'string') return this.reportKey(keyToken, key.value);
    if (key.value in this.map) return this.reportDuplicate(key.value, keyToken);
    this.map[key.value] = value.value;
    if (value.mergeTag) this.marks.add(this.map, key.value, value.mergeTag);
    if (this.entries && value.node)
      this.entries.set(key.value, { key: keyToken, node: value.node });
    return undefined;
  }

  /** Takes a `<<`: the value is a mapping, an alias of one, or a list of these. */
  merge(keyToken: Token, value: Composed, isAlias: boolean): void {
    if (this.mergeKey) return this.reportDuplicate('<<', keyToken);
    this.mergeKey = keyToken;
    const { value: merged, node } = value;
    const isList = Array.isArray(merged) && !isAlias;
    this.sources = isList
      ? merged.map((item: YamlValue, at) => ({ value: item, node: node?.items?.[at] }))
      : [value];
    if (this.sources.every((source) => isYamlMap(source.value))) return undefined;
    this.sources = [];
    return this.report({
      code: 'merge-not-mapping',
      message: 'map merge requires map or sequence of maps as the value',
      extent: node ?? keyToken,
      hint: 'merge a mapping, an alias of one, or a list of these',
    });
  }

  finish(extent: Extent): Composed {
    for (const source of this.sources) this.inherit(source);
    const node = this.entries && { ...extent, entries: this.entries };
    return { value: this.map, node };
  }

  private inherit(source: Composed): void {
    const map = source.value as YamlMap;
    for (const key of Object.keys(map)) {
      if (key in this.map) continue;
      this.map[key] = map[key] as YamlValue;
      const tag = this.marks.isEmpty ? undefined : this.marks.get(map, key);
      if (tag) this.marks.add(this.map, key, tag);
      const entry = source.node?.entries?.get(key);
      if (this.entries && entry) this.entries.set(key, entry);
    }
  }

  private reportKey(extent: Extent, value: YamlValue): void {
    const isScalar = value === null || typeof value !== 'object' || !isCollection(value);
    const kind = isScalar ? KINDS[tagOf(value)] : 'a collection';
    this.report({
      code: 'key-not-string',
      message: `mapping key is ${kind ?? 'no string'}, not a string (json: unsupported type: map[interface {}]interface {})`,
      extent,
      hint: 'put the key in quotes',
    });
  }

  private reportDuplicate(key: string, extent: Extent): void {
    const first = key === '<<' ? this.mergeKey : this.entries?.get(key)?.key;
    this.report({
      code: 'duplicate-key',
      message: `mapping key ${JSON.stringify(key)} already defined`,
      extent,
      ...(first ? { related: { message: 'it is first defined here', extent: first } } : {}),
      hint: 'keep one of the two',
    });
  }
}

function isCollection(value: YamlValue): value is YamlMap | readonly YamlValue[] {
  return Array.isArray(value) || isYamlMap(value);
}

const KINDS: Readonly<Record<string, string>> = {
  '!!null': 'empty',
  '!!bool': 'a boolean',
  '!!int': 'a number',
  '!!float': 'a number',
  '!!timestamp': 'a date',
};
