import { randomId } from '../../base/random.ts';
import type { ConfigSpec } from '../../swarm/config.ts';
import type { ConfigId, SecretId } from '../../swarm/object.ts';
import type { SecretSpec } from '../../swarm/secret.ts';
import { rpcError, type ControlError } from '../control-error.ts';
import type { StoreView } from '../store/store-view.ts';
import type { StoredConfig, StoredSecret, StoredService } from '../store/stored-object.ts';
import { checkObjectName } from '../validate/name.ts';
import { commit, refuse, type ControlContext } from './control-context.ts';
import { lookUp } from './look-up.ts';

/** Data of a secret or config is smaller than this, in bytes. */
const SIZE_LIMIT = { secret: 512_000, config: 1_024_000 } as const;

type Noun = keyof typeof SIZE_LIMIT;

/** @throws ControlError @source swarmkit manager/controlapi/secret.go (CreateSecret); spec/orchestrator.md section 20 */
export function createSecret(context: ControlContext, sent: SecretSpec): StoredSecret {
  const Spec = normaliseSpec(sent);
  refuse(checkObjectName(Spec.Name) ?? checkData('secret', Spec));
  return commit(context, (tx) => {
    refuse(checkNameFree('secret', Spec.Name, tx.view));
    return tx.create('secret', { ID: randomId(context.random) as SecretId, Spec });
  });
}

/** @throws ControlError @source swarmkit manager/controlapi/config.go (CreateConfig); spec/orchestrator.md section 20 */
export function createConfig(context: ControlContext, sent: ConfigSpec): StoredConfig {
  const Spec = normaliseSpec(sent);
  refuse(checkObjectName(Spec.Name) ?? checkData('config', Spec));
  return commit(context, (tx) => {
    refuse(checkNameFree('config', Spec.Name, tx.view));
    return tx.create('config', { ID: randomId(context.random) as ConfigId, Spec });
  });
}

/** Changes a secret's labels, the only thing that may change. @throws ControlError */
export function updateSecret(
  context: ControlContext,
  idOrName: string,
  sent: SecretSpec,
  { version }: { readonly version: number },
): StoredSecret {
  const secret = lookUp(context.store.view, 'secret', idOrName);
  refuse(checkOnlyLabels(secret.Spec, sent));
  const Spec = { ...secret.Spec, Labels: sent.Labels ?? {} };
  return commit(context, (tx) =>
    tx.update('secret', { ...secret, Version: { Index: version }, Spec }),
  );
}

/** Changes a config's labels, the only thing that may change. @throws ControlError */
export function updateConfig(
  context: ControlContext,
  idOrName: string,
  sent: ConfigSpec,
  { version }: { readonly version: number },
): StoredConfig {
  const config = lookUp(context.store.view, 'config', idOrName);
  refuse(checkOnlyLabels(config.Spec, sent));
  const Spec = { ...config.Spec, Labels: sent.Labels ?? {} };
  return commit(context, (tx) =>
    tx.update('config', { ...config, Version: { Index: version }, Spec }),
  );
}

/** Removes a secret that no service's current spec refers to. @throws ControlError */
export function removeSecret(context: ControlContext, idOrName: string): StoredSecret {
  const { view } = context.store;
  const secret = lookUp(view, 'secret', idOrName);
  refuse(checkUnused('secret', secret.Spec.Name, view.servicesBySecret(secret.ID)));
  commit(context, (tx) => tx.remove('secret', secret.ID));
  return secret;
}

/** Removes a config that no service's current spec refers to. @throws ControlError */
export function removeConfig(context: ControlContext, idOrName: string): StoredConfig {
  const { view } = context.store;
  const config = lookUp(view, 'config', idOrName);
  refuse(checkUnused('config', config.Spec.Name, view.servicesByConfig(config.ID)));
  commit(context, (tx) => tx.remove('config', config.ID));
  return config;
}

/** Absent name and labels are empty ones. */
function normaliseSpec<Spec extends SecretSpec | ConfigSpec>(sent: Spec): Spec {
  return { ...sent, Name: sent.Name ?? '', Labels: sent.Labels ?? {} };
}

function checkData(noun: Noun, spec: SecretSpec): ControlError | undefined {
  if (noun === 'secret' && spec.Driver) {
    return spec.Driver.Name
      ? undefined
      : rpcError('InvalidArgument', 'secret driver must have a name');
  }
  const bytes = base64Bytes(spec.Data ?? '');
  if (bytes > 0 && bytes < SIZE_LIMIT[noun]) return undefined;
  const text = `${noun} data must be larger than 0 and less than ${SIZE_LIMIT[noun]} bytes`;
  return rpcError('InvalidArgument', text);
}

/** Bytes that padded base64 stands for. */
function base64Bytes(text: string): number {
  return (text.length / 4) * 3 - (/=*$/.exec(text)?.[0].length ?? 0);
}

function checkNameFree(noun: Noun, name: string, view: StoreView): ControlError | undefined {
  return view.byName(noun, name)
    ? rpcError('AlreadyExists', `${noun} ${name} already exists`)
    : undefined;
}

/** Absent data means unchanged; the same data is accepted. */
function checkOnlyLabels(
  current: SecretSpec | ConfigSpec,
  sent: SecretSpec | ConfigSpec,
): ControlError | undefined {
  const isDataChanged = Boolean(sent.Data) && sent.Data !== current.Data;
  return sent.Name !== current.Name || isDataChanged
    ? rpcError('InvalidArgument', 'only updates to Labels are allowed')
    : undefined;
}

function checkUnused(
  noun: Noun,
  name: string,
  services: readonly StoredService[],
): ControlError | undefined {
  if (services.length === 0) return undefined;
  const names = services.map((service) => service.Spec.Name).join(', ');
  const text = `${noun} '${name}' is in use by the following service${services.length > 1 ? 's' : ''}: ${names}`;
  return rpcError('InvalidArgument', text);
}
