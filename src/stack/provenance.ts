import type { Path, Place } from './report.ts';
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts';

/** A value of a tree, and where it was written. */
export interface Traced<V extends YamlValue = YamlValue> {
  readonly value: V;
  readonly place: Place;
}

/**
 * Where the parts of trees stand that were put together from several files.
 *
 * Only mappings and lists that were put together are remembered; within all others a part's place
 * follows from that of the whole.
 */
export class Provenance {
  private readonly places = new WeakMap<object, ReadonlyMap<string | number, Place>>();

  /** A mapping of parts of other trees. */
  map(entries: ReadonlyMap<string, Traced>, place: Place): Traced<YamlMap> {
    const value = Object.create(null) as Record<string, YamlValue>;
    const places = new Map<string, Place>();
    for (const [key, entry] of entries) {
      value[key] = entry.value;
      places.set(key, entry.place);
    }
    this.places.set(value, places);
    return { value, place };
  }

  /** A list of parts of other trees. */
  list(items: readonly Traced[], place: Place): Traced<readonly YamlValue[]> {
    const value = items.map((item) => item.value);
    this.places.set(value, new Map(items.map((item, index) => [index, item.place])));
    return { value, place };
  }

  /** The entries of a mapping. */
  entriesOf({ value, place }: Traced<YamlMap>): Map<string, Traced> {
    const entries = new Map<string, Traced>();
    for (const key of Object.keys(value)) {
      const member = value[key] as YamlValue;
      entries.set(key, { value: member, place: this.placeOf(value, key, place) });
    }
    return entries;
  }

  /** The items of a list. */
  itemsOf({ value, place }: Traced<readonly YamlValue[]>): readonly Traced[] {
    return value.map((item, index) => ({ value: item, place: this.placeOf(value, index, place) }));
  }

  /** The place of a path; where the path ends before its end, that of the last part, extended. */
  find(root: Traced, path: Path): Place {
    let value: YamlValue | undefined = root.value;
    let { place } = root;
    for (const step of path) {
      place =
        typeof value === 'object' && value !== null
          ? this.placeOf(value, step, place)
          : { file: place.file, path: [...place.path, step] };
      value = stepInto(value, step);
    }
    return place;
  }

  private placeOf(container: object, step: string | number, place: Place): Place {
    const known = this.places.get(container)?.get(step);
    return known ?? { file: place.file, path: [...place.path, step] };
  }
}

function stepInto(value: YamlValue | undefined, step: string | number): YamlValue | undefined {
  if (Array.isArray(value)) return (value as readonly YamlValue[])[Number(step)];
  return isYamlMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** Whether a traced value is a mapping. */
export function isTracedMap(traced: Traced): traced is Traced<YamlMap> {
  return isYamlMap(traced.value);
}

/** Whether a traced value is a list. */
export function isTracedList(traced: Traced): traced is Traced<readonly YamlValue[]> {
  return Array.isArray(traced.value);
}
