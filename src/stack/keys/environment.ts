import type { Codec } from '../codec.ts';
import { emptyRecord, printMap } from '../codec.ts';
import { decodePairs } from '../collections.ts';
import type { Cursor } from '../cursor.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { readEnvFile, type EnvFileModel } from './env-files.ts';

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

interface EnvironmentOwner {
  readonly environment?: Environment;
  readonly env_file?: readonly EnvFileModel[];
}

/**
 * The variables of one service of one file: env files in order, then `environment` on top.
 *
 * In both steps a variable without a value takes that of the project, when it has one.
 * @returns undefined when the service says nothing about its environment
 * @source spec/stack-file.md 8.3
 */
export function resolveEnvironment(service: EnvironmentOwner, at: Cursor): Environment | undefined {
  const files = service.env_file ?? [];
  if (files.length === 0 && !service.environment) return undefined;
  const result = emptyRecord<string | null>();
  files.forEach((file, index) => {
    at.enter('env_file');
    at.enter(index);
    const variables = readEnvFile(file, (name) => result[name] ?? undefined, at);
    at.leave();
    at.leave();
    if (variables === 'unreadable') return;
    for (const [key, value] of variables) {
      const settled = fromShell(key, value, at);
      if (settled !== null) result[key] = settled;
    }
  });
  for (const key of Object.keys(service.environment ?? {})) {
    at.enter('environment');
    at.enter(key);
    result[key] = fromShell(key, service.environment?.[key] ?? null, at);
    at.leave();
    at.leave();
  }
  return result;
}

/** Parity: docker also takes an empty value for none. Compose keeps what is empty. */
function fromShell(key: string, value: string | null, at: Cursor): string | null {
  const isOpen = value === null || (value === '' && at.context.format === 'docker');
  return isOpen ? (at.variable(key) ?? value) : value;
}
