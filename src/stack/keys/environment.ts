import type { Codec } from '../codec.ts';
import { emptyRecord, printMap } from '../codec.ts';
import { decodePairs, textList } from '../collections.ts';
import type { Cursor, EnvFile } from '../cursor.ts';
import { parseEnvFile } from '../env-file.ts';
import { describeFailure } from '../load.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { resolvePath } from '../paths.ts';
import { lookUp } from '../service-scope.ts';

/** Variables by name; null removes a variable of the image. */
export type Environment = Readonly<Record<string, string | null>>;

const environmentCodec: Codec<Environment> = {
  decode: (value, at) => decodePairs(value, at, null),
  merge: (base, over) => {
    const result = emptyRecord<string | null>();
    for (const key of Object.keys(base)) result[key] = base[key] ?? null;
    for (const key of Object.keys(over)) {
      const later = over[key] ?? null;
      // Parity: an empty or null later value says nothing (merge-environment-null-and-empty).
      if (!Object.hasOwn(result, key) || (later !== null && later !== '')) result[key] = later;
    }
    return result;
  },
  print: (value) => printMap(value, (member) => member),
};

/** Environment of the process; holds the env files' variables too. @source spec 8.3 */
export const environment: KeySpec<Environment> = defineKey({
  codec: environmentCodec,
  support: 'supported',
  convert: (value, { draft }) => {
    const list = Object.keys(value).map((key) =>
      value[key] === null ? key : `${key}=${value[key]}`,
    );
    if (list.length > 0) draft.container.Env = list.sort();
  },
});

/** Env files; their variables are in `environment` once a file is decoded. @source spec 8.3 */
export const envFile: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
});

interface EnvironmentOwner {
  readonly environment?: Environment;
  readonly env_file?: readonly string[];
}

/**
 * The variables of one service of one file: env files in order, then `environment` on top.
 *
 * In both steps a variable with an empty value or none takes the shell's value, when it has one.
 * @returns undefined when the service says nothing about its environment
 * @source spec/stack-file.md 8.3
 */
export function resolveEnvironment(service: EnvironmentOwner, at: Cursor): Environment | undefined {
  const files = service.env_file ?? [];
  if (files.length === 0 && !service.environment) return undefined;
  const result = emptyRecord<string | null>();
  files.forEach((path, index) => {
    at.enter('env_file');
    at.enter(index);
    const variables = readEnvFile(path, at);
    at.leave();
    at.leave();
    if (variables === 'unreadable') return;
    for (const [key, value] of variables) {
      const settled = fromShell(key, value, at);
      if (settled !== null) result[key] = settled;
    }
  });
  for (const key of Object.keys(service.environment ?? {})) {
    result[key] = fromShell(key, service.environment?.[key] ?? null, at);
  }
  return result;
}

function fromShell(key: string, value: string | null, at: Cursor): string | null {
  return value === null || value === '' ? (lookUp(at.context.env, key) ?? value) : value;
}

function readEnvFile(written: string, at: Cursor): EnvFile {
  const path = resolvePath(at.context.projectDirectory, written);
  const known = at.context.envFiles.get(path);
  if (known) return known;
  const variables = loadEnvFile(path, at);
  at.context.envFiles.set(path, variables);
  return variables;
}

function loadEnvFile(path: string, at: Cursor): EnvFile {
  const content = at.context.readFile(path);
  if (content.kind === 'error') {
    const hint = 'env_file paths are relative to the directory of the first stack file';
    const severity = 'error';
    const message = describeFailure(path, content);
    at.problem({ code: 'env-file-unreadable', severity, message, hint });
    return 'unreadable';
  }
  const parsed = parseEnvFile(content.bytes);
  if (parsed.kind === 'ok') return parsed.variables;
  at.problem({
    code: 'invalid-env-file',
    severity: 'error',
    message: `invalid env file (${path}): ${parsed.reason}`,
    hint: `line ${parsed.line} must read KEY=value, without quotes or "export"`,
  });
  return 'unreadable';
}
