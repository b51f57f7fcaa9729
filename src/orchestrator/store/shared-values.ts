/** A sub-object that many objects hold, written once and named by a number. */
export interface SharedReference {
  readonly $ref: number;
}

/** Sub-objects by identity, with the number of objects that hold each. */
export class SharedValues {
  readonly #entries = new Map<object, { readonly ref: number; count: number }>();
  #next = 1;

  /** One more holder. Gives the reference, and whether the value is seen for the first time. */
  acquire(value: object): { readonly reference: SharedReference; readonly isNew: boolean } {
    const known = this.#entries.get(value);
    if (known) {
      known.count += 1;
      return { reference: { $ref: known.ref }, isNew: false };
    }
    const ref = this.#next;
    this.#next += 1;
    this.#entries.set(value, { ref, count: 1 });
    return { reference: { $ref: ref }, isNew: true };
  }

  /** One holder less. Gives the number to forget when it was the last. */
  release(value: object): number | undefined {
    const entry = this.#entries.get(value);
    if (!entry) return undefined;
    entry.count -= 1;
    if (entry.count > 0) return undefined;
    this.#entries.delete(value);
    return entry.ref;
  }

  /** Enters a value read back under its number, held by nobody yet. */
  restore(ref: number, value: object): void {
    this.#entries.set(value, { ref, count: 0 });
    this.#next = Math.max(this.#next, ref + 1);
  }
}
