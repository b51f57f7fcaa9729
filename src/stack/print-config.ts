import { printMap } from './codec.ts';
import { SECTIONS, serviceCodec, type StackModel } from './model.ts';
import type { PrintValue } from './print-value.ts';
import { printYaml } from './print-yaml.ts';

/**
 * The canonical YAML of a merged model: what `config` shows.
 *
 * Sections and keys in a fixed order, names sorted; byte-stable.
 * @source spec/stack-file.md 3.1
 */
export function printConfig(model: StackModel): string {
  return printYaml(toPrintValue(model));
}

/** The same as a tree, for JSON. */
export function toPrintValue(model: StackModel): PrintValue {
  const result: Record<string, PrintValue> = { version: model.version };
  result['services'] = printMap(model.services, (one) => serviceCodec.print(one) ?? {}) ?? {};
  const { networks, volumes, secrets, configs } = SECTIONS;
  const sections = {
    networks: networks.print(model.networks),
    volumes: volumes.print(model.volumes),
    secrets: secrets.print(model.secrets),
    configs: configs.print(model.configs),
  };
  for (const [name, section] of Object.entries(sections)) {
    if (section !== undefined) result[name] = section;
  }
  const extensions = model.extensions ?? {};
  for (const key of Object.keys(extensions).sort()) result[key] = extensions[key] ?? null;
  return result;
}
