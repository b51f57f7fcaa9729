import { isTracedList, isTracedMap, type Provenance, type Traced } from './provenance.ts';
import type { Path, Report } from './report.ts';
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts';
import type { MergeMarks } from './yaml/merge-marks.ts';

/** A file without its tags, and the paths at which earlier files say nothing any more. */
export interface UntaggedDocument {
  readonly tree: YamlMap;
  readonly replaced: readonly Path[];
}

/**
 * Takes the tags for merging out of a file: a `!reset` value goes, an `!override` value stays.
 *
 * A tag on or in an item of a list is refused: lists of several files have no items in common.
 * @source compose-spec 13-merge.md, "Reset value", "Replace value"
 */
export function takeMergeTags(
  tree: YamlMap,
  { marks, file, report }: { marks: MergeMarks; file: number; report: Report },
): UntaggedDocument {
  if (marks.isEmpty) return { tree, replaced: [] };
  const replaced: Path[] = [];
  const visitMap = (map: YamlMap, path: Path): YamlMap => {
    const result = Object.create(null) as Record<string, YamlValue>;
    for (const key of Object.keys(map)) {
      const tag = marks.get(map, key);
      const at = [...path, key];
      if (tag) replaced.push(at);
      if (tag !== 'reset') result[key] = visit(map[key] as YamlValue, at);
    }
    return result;
  };
  const visit = (value: YamlValue, path: Path): YamlValue => {
    if (isYamlMap(value)) return visitMap(value, path);
    if (Array.isArray(value)) refuseInList(value, path);
    return value;
  };
  const refuseInList = (list: readonly YamlValue[], path: Path): void => {
    const tagged = findTagged(list, marks, path);
    if (!tagged) return;
    report({
      code: 'merge-tag-in-list',
      severity: 'error',
      message: 'a merge tag cannot stand on an item of a list',
      place: { file, path: tagged },
      hint: 'put !override before the whole list and write all items',
    });
  };
  return { tree: visitMap(tree, []), replaced };
}

/** The first tag on or below the items of a list. */
function findTagged(value: YamlValue, marks: MergeMarks, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const step of steps) {
    const at = [...path, step];
    if (marks.get(value, step)) return at;
    const child = (value as Readonly<Record<string | number, YamlValue>>)[step];
    const found = child === undefined ? undefined : findTagged(child, marks, at);
    if (found) return found;
  }
  return undefined;
}

/**
 * A tree without what stands at some paths.
 *
 * Where the path names an entry of a list of `KEY=value` or of names, that item goes.
 */
export function removePaths(tree: Traced, paths: readonly Path[], provenance: Provenance): Traced {
  return paths.reduce((rest, path) => removePath(rest, path, provenance), tree);
}

function removePath(tree: Traced, path: Path, provenance: Provenance): Traced {
  const [step, ...rest] = path;
  if (typeof step !== 'string') return tree;
  if (isTracedList(tree)) {
    const items = provenance.itemsOf(tree).filter(({ value }) => nameOfItem(value) !== step);
    return items.length === tree.value.length ? tree : provenance.list(items, tree.place);
  }
  if (!isTracedMap(tree)) return tree;
  const entries = provenance.entriesOf(tree);
  const entry = entries.get(step);
  if (!entry) return tree;
  if (rest.length === 0) entries.delete(step);
  else entries.set(step, removePath(entry, rest, provenance));
  return provenance.map(entries, tree.place);
}

/** `KEY` of `KEY=value` and of `KEY`. */
function nameOfItem(item: YamlValue): string | undefined {
  return typeof item === 'string' ? item.split('=', 1)[0] : undefined;
}
