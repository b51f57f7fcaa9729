import type { EnvOrigin, ProjectEnv } from './project-env.ts';
import type { ReadResult } from './read-stack.ts';
import type { Path, Place } from './report.ts';
import { variablesIn, type VariableUse } from './template.ts';
import { isYamlMap, type YamlValue } from './yaml-values.ts';

/** Where a variable's value comes from: a line of a file, or one of three other places. */
export type VariableOrigin = EnvOrigin | 'shell' | 'project name' | 'not set';

/** One variable in one value of a file. */
export interface ListedUse extends VariableUse {
  readonly place: Place;
  readonly origin: VariableOrigin;
}

/** All uses of variables in the files, by name, then in file order. */
export function listVariables(read: ReadResult): ReadonlyMap<string, readonly ListedUse[]> {
  const uses = new Map<string, ListedUse[]>();
  for (const { file, tree, env } of read.templates) {
    eachText(tree, [], (text, path) => {
      for (const use of variablesIn(text, read.format)) {
        const listed = { ...use, place: { file, path }, origin: originOf(use.name, env) };
        const known = uses.get(use.name);
        if (known) known.push(listed);
        else uses.set(use.name, [listed]);
      }
    });
  }
  return new Map([...uses].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where a variable of a project comes from. */
export function originOf(name: string, env: ProjectEnv): VariableOrigin {
  const origin = env.origins.get(name);
  if (origin) return origin;
  if (name === 'COMPOSE_PROJECT_NAME') return 'project name';
  return Object.hasOwn(env.values, name) ? 'shell' : 'not set';
}

function eachText(value: YamlValue, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof value === 'string') {
    if (value.includes('$')) visit(value, path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly YamlValue[]).entries()) {
      eachText(item, [...path, index], visit);
    }
  } else if (isYamlMap(value)) {
    for (const [key, member] of Object.entries(value)) eachText(member, [...path, key], visit);
  }
}
