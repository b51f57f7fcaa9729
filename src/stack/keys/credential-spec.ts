import { compareStrings } from '../../base/compare.ts';
import type { ConfigId } from '../../swarm/object.ts';
import { struct } from '../codec.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { text } from '../scalars.ts';
import { lookUp, type ServiceScope } from '../service-scope.ts';
import { fileObjectName } from './secrets-and-configs.ts';

/** Where a managed service account's credential spec comes from; one member only. */
export interface CredentialSpecModel {
  readonly config?: string;
  readonly file?: string;
  readonly registry?: string;
}

/**
 * Credential spec of a Windows container; converted after `configs`.
 * @source spec/stack-file.md 12.4
 */
export const credentialSpec: KeySpec<CredentialSpecModel> = defineKey({
  codec: struct<CredentialSpecModel>({ config: text, file: text, registry: text }),
  support: 'supported',
  convert: (value, scope) => {
    const { config = '', file = '', registry = '' } = value;
    reportSeveral({ Config: config, File: file, Registry: registry }, scope);
    if (config + file + registry === '') return;
    const name = config === '' ? '' : addRuntimeConfig(config, scope);
    scope.draft.container.Privileges = {
      CredentialSpec: { Config: name, File: file, Registry: registry },
      SELinuxContext: null,
      NoNewPrivileges: false,
    };
  },
});

function reportSeveral(sources: Readonly<Record<string, string>>, scope: ServiceScope): void {
  const given = Object.keys(sources)
    .filter((name) => sources[name] !== '')
    .map((name) => `"${name}"`);
  if (given.length < 2) return;
  const list =
    given.length === 2 ? given.join(' and ') : `${given[0]}, ${given[1]}, and ${given[2]}`;
  scope.error(['credential_spec'], {
    code: 'several-credential-specs',
    reason: `invalid credential spec: cannot specify both ${list}`,
    hint: 'keep one of them',
  });
}

/** The engine reads the config itself; the planner turns the name into an id. */
function addRuntimeConfig(key: string, scope: ServiceScope): string {
  const declared = lookUp(scope.configs, key);
  if (!declared) {
    scope.error(['credential_spec', 'config'], {
      code: 'undefined-config',
      reason: `undefined config "${key}"`,
      hint: 'declare it under the top-level "configs"',
    });
    return '';
  }
  const name = fileObjectName(scope.stack, key, declared);
  // Parity: docker compares the key with the real name and so misses renamed configs.
  if (scope.compat === 'docker' && (declared.name ?? '') !== '' && declared.name !== key) {
    scope.error(['credential_spec', 'config'], {
      code: 'renamed-credential-spec',
      reason: `invalid credential spec: spec specifies config ${key}, but no such config can be found`,
    });
  }
  const runtime = { Runtime: {}, ConfigID: '' as ConfigId, ConfigName: name };
  const list = [runtime, ...(scope.draft.container.Configs ?? [])];
  scope.draft.container.Configs = list.sort((a, b) => compareStrings(a.ConfigName, b.ConfigName));
  return name;
}
