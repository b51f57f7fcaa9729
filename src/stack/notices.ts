import { lookUp } from './service-scope.ts';
import { SERVICE_KEYS } from './keys/index.ts';
import type { KeySpec } from './key-spec.ts';
import type { StackFile } from './read-stack.ts';
import { isYamlMap, type YamlValue } from './yaml-values.ts';

/** Keys that are accepted but do nothing, once each, sorted. */
export interface Notices {
  readonly unsupported: readonly string[];
  readonly deprecated: readonly { readonly key: string; readonly reason: string }[];
}

/**
 * The keys docker names in "Ignoring unsupported options" and "Ignoring deprecated options".
 *
 * Counted in every service of every file, even with a value that says nothing.
 * @source spec/stack-file.md 8.8
 */
export function collectNotices(files: readonly StackFile[]): Notices {
  const used = new Set<string>();
  for (const { value } of files) {
    const services = isYamlMap(value['services']) ? value['services'] : {};
    for (const name of Object.keys(services)) addKeys(used, services[name] ?? null);
  }
  const keys: Readonly<Record<string, KeySpec<unknown>>> = SERVICE_KEYS;
  const noticed = [...used].sort();
  return {
    unsupported: noticed.filter((key) => lookUp(keys, key)?.notice === 'unsupported'),
    deprecated: noticed
      .filter((key) => lookUp(keys, key)?.notice === 'deprecated')
      .map((key) => ({ key, reason: lookUp(keys, key)?.reason ?? '' })),
  };
}

function addKeys(used: Set<string>, service: YamlValue): void {
  if (isYamlMap(service)) for (const key of Object.keys(service)) used.add(key);
}
