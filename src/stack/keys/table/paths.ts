import { X_TSTACK, X_TSTACK_KEY } from '../x-tstack-table.ts';
import { STACK_FILE } from './index.ts';
import type { KeyFacts, Shape } from './shape.ts';

/** One key of the format by where it stands: `services.*.ports.[].target`. */
export interface KeyPath {
  /** `*` is any name, `[]` any item of a list. */
  readonly path: string;
  readonly facts: KeyFacts;
}

/** Every key of the key table, in its order, parents first; those of `x-tstack` last. */
export function keyPaths(): readonly KeyPath[] {
  const found: KeyPath[] = [];
  const visit = (shape: Shape, path: readonly string[]): void => {
    for (const [key, facts] of Object.entries(shape.keys ?? {})) {
      found.push({ path: [...path, key].join('.'), facts });
      visit(facts, [...path, key]);
    }
    if (shape.entries) visit(shape.entries, [...path, '*']);
    if (shape.items) visit(shape.items, [...path, '[]']);
  };
  visit(STACK_FILE, []);
  visit(X_TSTACK.stack, [X_TSTACK_KEY]);
  visit(X_TSTACK.service, ['services', '*', X_TSTACK_KEY]);
  return found;
}
