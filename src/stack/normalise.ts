import { emptyRecord, extensionsOf, type Codec } from './codec.ts';
import { Cursor, type DecodeContext } from './cursor.ts';
import { isRefusedKey } from './keys/table/index.ts';
import { resolveEnvironment } from './keys/environment.ts';
import { resolveLabels } from './keys/label-file.ts';
import { SECTIONS, serviceCodec, type ServiceModel, type StackModel } from './model.ts';
import type { StackFile } from './read-stack.ts';
import { isYamlMap, type YamlMap } from './yaml-values.ts';

/**
 * One file in normal form: short syntaxes written out, units parsed, paths absolute, env files
 * read into the environment.
 *
 * Reports what the schema cannot see (sizes, counts, names given twice); what could not be
 * understood is left out, so that later phases can go on.
 * @source spec/stack-file.md sections 7 to 12
 */
export function normaliseFile(file: StackFile, context: DecodeContext): StackModel {
  const at = new Cursor(context);
  const section = <V>(name: string, codec: Codec<Readonly<Record<string, V>>>) => {
    at.enter(name);
    const decoded = codec.decode(file.value[name] ?? null, at);
    at.leave();
    return decoded ?? emptyRecord<V>();
  };
  const extensions = extensionsOf(file.value);
  const name = file.value['name'];
  return {
    version: file.version,
    format: context.format,
    ...(typeof name === 'string' && name !== '' && { name }),
    services: normaliseServices(file.value['services'], at),
    networks: section('networks', SECTIONS.networks),
    volumes: section('volumes', SECTIONS.volumes),
    secrets: section('secrets', SECTIONS.secrets),
    configs: section('configs', SECTIONS.configs),
    ...(extensions && { extensions }),
  };
}

/** Without what is refused: `checkSupport` tells of it, and its forms are not read. */
function supported(service: YamlMap[string], at: Cursor): YamlMap[string] {
  if (at.context.format === 'docker' || !isYamlMap(service)) return service;
  const kept = emptyRecord<YamlMap[string]>();
  for (const key of Object.keys(service)) {
    if (!isRefusedKey(key)) kept[key] = service[key] ?? null;
  }
  return kept;
}

function normaliseServices(
  value: YamlMap[string] | undefined,
  at: Cursor,
): Readonly<Record<string, ServiceModel>> {
  const result = emptyRecord<ServiceModel>();
  if (!isYamlMap(value)) return result;
  at.enter('services');
  for (const name of Object.keys(value)) {
    at.enter(name);
    const service = serviceCodec.decode(supported(value[name] ?? null, at), at) ?? {};
    result[name] = withFiles(service, at);
    at.leave();
  }
  at.leave();
  return result;
}

/**
 * A service with what its env and label files say.
 *
 * docker's `config` prints the names of the files too, and so does ours in its format.
 */
function withFiles(service: ServiceModel, at: Cursor): ServiceModel {
  const environment = resolveEnvironment(service, at);
  const labels = resolveLabels(service, at);
  const complete = {
    ...service,
    ...(environment && { environment }),
    ...(labels && { labels }),
  };
  if (at.context.format === 'docker') return complete;
  const { env_file: _env, label_file: _label, ...rest } = complete;
  return rest;
}
