import { parseDotenv } from './dotenv.ts';
import { parseEnvFile } from './env-file.ts';
import type { Format } from './format.ts';
import { textOf } from './format-scalar.ts';
import { originOf, type VariableOrigin } from './list-variables.ts';
import type { StackOrigin } from './pipeline.ts';
import { resolvePath } from './paths.ts';
import type { ProjectEnv } from './project-env.ts';
import type { StackFile } from './read-stack.ts';
import type { Path } from './report.ts';
import type { SourceScope } from './source-book.ts';
import { isYamlMap, type YamlMap, type YamlValue } from './yaml-values.ts';

/** Where the value of one variable of a service was written; values are not told. */
export interface EnvironmentOrigin {
  readonly name: string;
  readonly origin: VariableOrigin;
}

/**
 * Where each variable of a service comes from, by name.
 *
 * A variable that is only named takes the project's value; then that value's origin is told.
 */
export function explainEnvironment(
  service: string,
  origin: StackOrigin,
): readonly EnvironmentOrigin[] {
  const found = new Map<string, VariableOrigin>();
  for (const file of origin.read.files) {
    const written = memberOf(memberOf(file.value, 'services'), service);
    if (!isYamlMap(written)) continue;
    addEnvFiles(found, { service, written, file, origin });
    addEnvironment(found, { service, written, file, origin });
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, where]) => ({ name, origin: where }));
}

interface Input {
  readonly service: string;
  readonly written: YamlMap;
  readonly file: StackFile;
  readonly origin: StackOrigin;
}

function addEnvFiles(found: Map<string, VariableOrigin>, input: Input): void {
  const { service, written, origin } = input;
  const value = memberOf(written, 'env_file');
  const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [value ?? null];
  for (const [index, item] of items.entries()) {
    const scope = origin.read.scopeOf(['services', service, 'env_file', index]);
    addEnvFile(found, { item, scope, origin });
  }
}

function addEnvFile(
  found: Map<string, VariableOrigin>,
  { item, scope, origin }: { item: YamlValue; scope: SourceScope; origin: StackOrigin },
): void {
  const path = textOf(isYamlMap(item) ? item['path'] : item);
  const content = origin.readFile(resolvePath(scope.directory, path));
  if (path === '' || content.kind === 'error') return;
  const isRaw = origin.read.format === 'docker' || memberOf(item, 'format') === 'raw';
  const parsed = isRaw ? parseEnvFile(content.bytes) : parseDotenv(content.bytes, () => '');
  if (parsed.kind === 'error') return;
  for (const [name, text] of parsed.variables) {
    const line = parsed.lines.get(name) ?? 0;
    const where = givenOutside(name, text, { env: scope.env, format: origin.read.format });
    if (where) found.set(name, where);
    else if (text !== null) found.set(name, { file: path, line });
  }
}

/** Where the project sets a variable that is only named (in docker's format: or is empty). */
function givenOutside(
  name: string,
  text: string | null,
  { env, format }: { env: ProjectEnv; format: Format },
): VariableOrigin | undefined {
  if (text !== null && (text !== '' || format === 'compose')) return undefined;
  const origin = originOf(name, env);
  return origin === 'not set' ? undefined : origin;
}

function addEnvironment(found: Map<string, VariableOrigin>, input: Input): void {
  const { service, written, file, origin } = input;
  const { read } = origin;
  for (const [name, text, step] of entriesOf(memberOf(written, 'environment'))) {
    const path: Path = ['services', service, 'environment', step];
    const { env } = read.scopeOf(path);
    const where = givenOutside(name, text, { env, format: read.format });
    if (where) found.set(name, where);
    // Parity: in docker's format a later empty value says nothing.
    else if (text !== null || !found.has(name)) {
      const span = read.locate({ ...file.place(path), part: 'key' });
      found.set(name, span ? { file: span.file, line: span.start.line } : 'not set');
    }
  }
}

type Entry = readonly [name: string, value: string | null, step: string | number];

function entriesOf(value: YamlValue | undefined): readonly Entry[] {
  if (isYamlMap(value)) {
    return Object.keys(value).map((name) => [
      name,
      value[name] === null ? null : textOf(value[name]),
      name,
    ]);
  }
  const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [];
  return items.map((item, index) => {
    const text = textOf(item);
    const equals = text.indexOf('=');
    return equals < 0
      ? [text, null, index]
      : [text.slice(0, equals), text.slice(equals + 1), index];
  });
}

function memberOf(value: YamlValue | undefined, key: string): YamlValue | undefined {
  return isYamlMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
