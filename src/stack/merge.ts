import type { MergeContext } from './codec.ts';
import { SECTIONS, type StackModel } from './model.ts';

/**
 * A later file laid over an earlier one.
 *
 * Every key knows its own rule (`keys/`); entries of the top-level sections other than services
 * are replaced as a whole; version, format and top-level extensions are the first file's.
 * @source spec/stack-file.md section 7
 */
export function mergeModels(base: StackModel, over: StackModel, context: MergeContext): StackModel {
  return {
    version: base.version,
    format: base.format,
    ...withName(over.name ?? base.name),
    services: SECTIONS.services.merge(base.services, over.services, context),
    networks: SECTIONS.networks.merge(base.networks, over.networks, context),
    volumes: SECTIONS.volumes.merge(base.volumes, over.volumes, context),
    secrets: SECTIONS.secrets.merge(base.secrets, over.secrets, context),
    configs: SECTIONS.configs.merge(base.configs, over.configs, context),
    ...(base.extensions && { extensions: base.extensions }),
  };
}

function withName(name: string | undefined): Pick<StackModel, 'name'> {
  return name === undefined ? {} : { name };
}
