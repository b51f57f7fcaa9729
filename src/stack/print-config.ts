import { printMap } from './codec.ts';
import { SECTIONS, serviceCodec, type ServiceModel, type StackModel } from './model.ts';
import type { PrintValue } from './print-value.ts';
import { printKey, printYaml } from './print-yaml.ts';
import { isYamlMap } from './yaml-values.ts';

/** How a `$` in a value is printed. */
export interface DollarOptions {
  /** As `$$`, which reads as `$` again. */
  readonly areDoubled: boolean;
}

/**
 * Doubles every `$` in docker compose's format, so that the output means the same when it is read
 * again; docker stack prints them as they are.
 */
export function dollarsOf({ format }: StackModel): DollarOptions {
  return { areDoubled: format === 'compose' };
}

/**
 * The canonical YAML of a merged model: what `config` shows.
 *
 * Sections and keys in a fixed order, names sorted; byte-stable.
 * @source spec/stack-file.md 3.1
 */
export function printConfig(model: StackModel, dollars: DollarOptions = dollarsOf(model)): string {
  const finished = dollars.areDoubled ? doubleDollars : (value: PrintValue) => value;
  const chunks = [printYaml(printHead(model))];
  const names = Object.keys(model.services).sort();
  chunks.push(names.length === 0 ? 'services: {}\n' : 'services:\n');
  // One service at a time: ten thousand of them need not stand in memory twice.
  for (const name of names) {
    const service = printService(model.services[name] ?? {});
    const isEmpty = Object.keys(service).length === 0;
    chunks.push(`  ${printKey(name)}:${isEmpty ? ' {}\n' : '\n'}`);
    if (!isEmpty) chunks.push(printYaml(finished(service), '    '));
  }
  const rest = printRest(model);
  if (Object.keys(rest).length > 0) chunks.push(printYaml(finished(rest)));
  return chunks.join('');
}

/** The same as a tree, for JSON. */
export function toPrintValue(
  model: StackModel,
  dollars: DollarOptions = dollarsOf(model),
): PrintValue {
  const services = printMap(model.services, printService) ?? {};
  const body = { services, ...printRest(model) };
  return {
    ...printHead(model),
    ...(dollars.areDoubled ? mapTexts(body) : body),
  };
}

/** The value with `$$` for every `$` in its texts; keys hold no variables. */
function doubleDollars(value: PrintValue): PrintValue {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return (value as readonly PrintValue[]).map(doubleDollars);
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, PrintValue>)];
    return new Map(entries.map(([key, member]) => [key, doubleDollars(member)]));
  }
  return isYamlMap(value) ? mapTexts(value) : value;
}

function mapTexts(value: Readonly<Record<string, PrintValue>>): Record<string, PrintValue> {
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, member]) => [key, doubleDollars(member)]));
}

/** One service as `config` shows it, for hashes. */
export function printedService(model: StackModel, name: string): PrintValue {
  return printService(model.services[name] ?? {});
}

/** What says how the rest is read: a version is docker's format, a name is not. */
function printHead({ format, version, name }: StackModel): Record<string, PrintValue> {
  if (format === 'docker') return { version };
  return name === undefined ? {} : { name };
}

function printService(service: ServiceModel): { readonly [key: string]: PrintValue } {
  return (serviceCodec.print(service) ?? {}) as { readonly [key: string]: PrintValue };
}

/** Everything below `services`. */
function printRest(model: StackModel): Record<string, PrintValue> {
  const { networks, volumes, secrets, configs } = SECTIONS;
  const sections = {
    networks: networks.print(model.networks),
    volumes: volumes.print(model.volumes),
    secrets: secrets.print(model.secrets),
    configs: configs.print(model.configs),
  };
  const result: Record<string, PrintValue> = {};
  for (const [name, section] of Object.entries(sections)) {
    if (section !== undefined) result[name] = section;
  }
  const extensions = model.extensions ?? {};
  for (const key of Object.keys(extensions).sort()) result[key] = extensions[key] ?? null;
  return result;
}
