import { shapeOfKey } from './check-structure.ts';
import { STACK_FILE } from './keys/table/index.ts';
import type { KeyFacts, Shape } from './keys/table/shape.ts';
import { FORBIDDEN_OPTIONS } from './forbidden-options.ts';
import type { StackFile } from './read-stack.ts';
import type { Path, Report } from './report.ts';
import { isYamlMap, type YamlValue } from './yaml-values.ts';

/** Whose keys are looked at: those of services that take part. */
interface SupportContext {
  readonly services: Readonly<Record<string, unknown>>;
  readonly report: Report;
}

/**
 * Refuses every key that cannot be honoured, and mentions those that are done in another way.
 *
 * A value that asks for nothing (`privileged: false`, an empty list) passes.
 * @source research/demand.md 5.3, 5.4
 */
export function checkSupport(
  files: readonly StackFile[],
  { services, report }: SupportContext,
): void {
  for (const [file, { value }] of files.entries()) {
    const visit = (tree: YamlValue, shape: Shape, path: Path): void => {
      for (const [step, child, facts] of childrenOf(tree, shape)) {
        const at = [...path, step];
        if (at.length === 2 && at[0] === 'services' && !Object.hasOwn(services, step)) continue;
        const isKey = 'outcome' in facts;
        if (isKey && saysNothing(child)) continue;
        if (isKey && facts.outcome === 'refused') report(refusal(facts, file, at));
        else {
          // One note tells of a key and of everything in it.
          if (isKey && facts.noted && !isNoted(path)) report(note(facts, file, at));
          visit(child, facts, at);
        }
      }
    };
    visit(value, STACK_FILE, []);
  }
}

/** Whether a key on the way to a place is already mentioned. */
function isNoted(path: Path): boolean {
  let shape: Shape = STACK_FILE;
  for (const step of path) {
    const next = typeof step === 'number' ? shape.items : shapeOfKey(shape, step);
    if (!next || next === 'unknown') return false;
    if ('noted' in next && next.noted === true) return true;
    shape = next;
  }
  return false;
}

type Child = readonly [step: string | number, value: YamlValue, facts: Shape | KeyFacts];

function childrenOf(tree: YamlValue, shape: Shape): readonly Child[] {
  if (Array.isArray(tree)) {
    const { items } = shape;
    return items ? (tree as readonly YamlValue[]).map((item, at) => [at, item, items]) : [];
  }
  if (!isYamlMap(tree)) return [];
  return Object.keys(tree).flatMap((key): Child[] => {
    const facts = shapeOfKey(shape, key);
    return facts && facts !== 'unknown' ? [[key, tree[key] ?? null, facts]] : [];
  });
}

/** Whether a value asks for nothing, so that nothing is lost without it. */
export function saysNothing(value: YamlValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isYamlMap(value)) return Object.keys(value).length === 0;
  return value === null || value === false || value === '' || value === 0 || value === 'false';
}

function refusal(facts: KeyFacts, file: number, path: Path): Parameters<Report>[0] {
  const name = path.join('.');
  // Docker's words for the keys it stops at; people search for them.
  const isForbidden = path.length === 3 && FORBIDDEN_OPTIONS.has(String(path[2]));
  return {
    code: 'key-refused',
    severity: 'error',
    message: isForbidden
      ? `Configuration contains forbidden properties: ${name}: ${facts.effect}`
      : `${name} cannot be deployed: ${facts.effect}`,
    place: { file, path, part: 'key' },
    hint: facts.instead,
  };
}

function note(facts: KeyFacts, file: number, path: Path): Parameters<Report>[0] {
  const isDone = facts.outcome === 'emulated';
  return {
    code: isDone ? 'key-emulated' : 'key-not-deployed',
    severity: 'note',
    message: `${path.join('.')}: ${facts.effect}`,
    place: { file, path, part: 'key' },
    hint: facts.instead,
  };
}
