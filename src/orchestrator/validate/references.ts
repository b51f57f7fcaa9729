import type { ConfigId, SecretId } from '../../swarm/object.ts';
import type {
  ConfigReference,
  FileTarget,
  SecretReference,
  ServiceSpec,
} from '../../swarm/service.ts';
import { engineRefusal, rpcError, type ControlError } from '../control-error.ts';
import type { StoreView } from '../store/store-view.ts';
import type { SpecRule } from './spec-rule.ts';

type Noun = 'secret' | 'config';

/** A secret or config reference in one shape. */
interface Reference {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly file: FileTarget | undefined;
  /** A config that the engine itself uses, instead of a file. */
  readonly isRuntime: boolean;
}

/** A config is a file or for the engine. @source moby daemon/cluster/convert/container.go */
export const configTargetRule: SpecRule = (spec) => {
  for (const { File, Runtime } of spec.TaskTemplate.ContainerSpec?.Configs ?? []) {
    if (!File && !Runtime) {
      return engineRefusal('invalid Config: either File or Runtime should be set');
    }
    if (File && Runtime) {
      return engineRefusal('invalid Config: cannot specify both File and Runtime');
    }
  }
  return undefined;
};

/** Secret references are whole and have different targets. @source spec/orchestrator.md section 20 */
export const secretReferencesRule: SpecRule = (spec) => checkReferences('secret', secretsOf(spec));

/** Config references likewise. @source spec/orchestrator.md section 20 */
export const configReferencesRule: SpecRule = (spec) => checkReferences('config', configsOf(spec));

/** Everything referred to is there, by id and by name. @source swarmkit manager/controlapi/service.go (checkSecretExistence) */
export function checkReferencesExist(spec: ServiceSpec, view: StoreView): ControlError | undefined {
  const secrets = secretsOf(spec).filter(
    ({ id, name }) => view.get('secret', id as SecretId)?.Spec.Name !== name,
  );
  const configs = configsOf(spec).filter(
    ({ id, name }) => view.get('config', id as ConfigId)?.Spec.Name !== name,
  );
  return notFound('secret', secrets) ?? notFound('config', configs);
}

function checkReferences(noun: Noun, references: readonly Reference[]): ControlError | undefined {
  const names = new Map<string, string>();
  for (const { id, name, file, isRuntime } of references) {
    if (!id || !name) return rpcError('InvalidArgument', `malformed ${noun} reference`);
    if (isRuntime) continue;
    if (!file) {
      return rpcError('InvalidArgument', `malformed ${noun} reference, no target provided`);
    }
    if (!file.Name) {
      const text = `malformed file ${noun} reference, invalid target file name provided`;
      return rpcError('InvalidArgument', text);
    }
    const other = names.get(file.Name);
    if (other !== undefined) {
      const text = `${noun} references '${other}' and '${name}' have a conflicting target: '${file.Name}'`;
      return rpcError('InvalidArgument', text);
    }
    names.set(file.Name, name);
  }
  return undefined;
}

function notFound(noun: Noun, missing: readonly Reference[]): ControlError | undefined {
  if (missing.length === 0) return undefined;
  const names = missing.map((one) => one.name).join(', ');
  return rpcError('InvalidArgument', `${noun}${missing.length > 1 ? 's' : ''} not found: ${names}`);
}

function secretsOf(spec: ServiceSpec): readonly Reference[] {
  const references: readonly SecretReference[] = spec.TaskTemplate.ContainerSpec?.Secrets ?? [];
  return references.map((one) => ({
    id: one.SecretID,
    name: one.SecretName,
    file: one.File,
    isRuntime: false,
  }));
}

function configsOf(spec: ServiceSpec): readonly Reference[] {
  const references: readonly ConfigReference[] = spec.TaskTemplate.ContainerSpec?.Configs ?? [];
  return references.map((one) => ({
    id: one.ConfigID,
    name: one.ConfigName,
    file: one.File,
    isRuntime: one.Runtime !== undefined,
  }));
}
