/** `!reset` removes what earlier files say, `!override` replaces it. @source compose-spec 13-merge.md */
export type MergeTag = 'reset' | 'override';

/** The tag's meaning for merging, if it has one. */
export function toMergeTag(tag: string): MergeTag | undefined {
  if (tag === '!reset') return 'reset';
  return tag === '!override' ? 'override' : undefined;
}

/** Which entries of which mappings and lists carry a tag for merging. */
export class MergeMarks {
  private readonly marks = new WeakMap<object, Map<string | number, MergeTag>>();
  /** Whether there is any. */
  isEmpty = true;

  add(container: object, key: string | number, tag: MergeTag): void {
    this.isEmpty = false;
    const marks = this.marks.get(container) ?? new Map<string | number, MergeTag>();
    this.marks.set(container, marks.set(key, tag));
  }

  get(container: object, key: string | number): MergeTag | undefined {
    return this.marks.get(container)?.get(key);
  }
}
