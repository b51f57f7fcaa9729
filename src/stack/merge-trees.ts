import { appendLists, mergeMaps, type Merging } from './merge-nodes.ts';
import { MERGE_RULES } from './merge-rules.ts';
import { isTracedList, isTracedMap, type Provenance, type Traced } from './provenance.ts';
import type { YamlMap } from './yaml-values.ts';

/**
 * A later file's tree laid over an earlier one's, by the Compose Specification: mappings are
 * united, lists appended, anything else replaced, with the exceptions of `merge-rules.ts`.
 *
 * An empty value (null) says nothing; `!reset` removes.
 * @source compose-spec 13-merge.md
 */
export function mergeTrees(
  base: Traced<YamlMap>,
  over: Traced<YamlMap>,
  provenance: Provenance,
): Traced<YamlMap> {
  return mergeMaps(base, over, mergingWith(provenance), '');
}

/** A service laid over the one it extends; the same rules. @source compose-spec 05-services.md */
export function mergeServices(
  base: Traced<YamlMap>,
  over: Traced<YamlMap>,
  provenance: Provenance,
): Traced<YamlMap> {
  return mergeMaps(base, over, mergingWith(provenance), 'services.*');
}

function mergingWith(provenance: Provenance): Merging {
  const merging: Merging = {
    provenance,
    at: (path, base, over) => mergeAt(path, base, over, merging),
  };
  return merging;
}

function mergeAt(path: string, base: Traced, over: Traced, merging: Merging): Traced {
  const rule = MERGE_RULES.get(path);
  if (rule) return rule(base, over, merging, path);
  if (over.value === null) return base;
  if (isTracedMap(base) && isTracedMap(over)) return mergeMaps(base, over, merging, path);
  if (isTracedList(base) && isTracedList(over)) return appendLists(base, over, merging);
  return over;
}
