import type { Privileges } from '../../swarm/service.ts';
import { textList } from '../collections.ts';
import type { KeySpec } from '../key-spec.ts';
import { resolvePath } from '../paths.ts';
import { describeFailure } from '../load.ts';
import type { ServiceScope } from '../service-scope.ts';

/** What an option asks for, or why it cannot be had. */
type Answer =
  | { readonly kind: 'privileges'; readonly privileges: Partial<Privileges> }
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string };

/**
 * Security profile of the process; docker ignores it, the Compose Specification's format does not.
 * @source research/demand.md 5.3; Engine API ContainerSpec.Privileges
 */
export const securityOpt: KeySpec<readonly string[]> = {
  codec: textList,
  support: 'ignored',
  notice: 'unsupported',
  reason: 'docker stack ignores it',
  convert: (value, scope) => {
    if (scope.format === 'docker') return;
    for (const [index, option] of value.entries()) {
      const answer = parseOption(option, index, scope);
      if (answer.kind === 'privileges') merge(scope, answer.privileges);
      else {
        const { reason, hint } = answer;
        scope.error(['security_opt', index], { code: 'security-option-refused', reason, hint });
      }
    }
  },
};

function merge({ draft }: ServiceScope, more: Partial<Privileges>): void {
  const before = draft.container.Privileges ?? {};
  const SELinuxContext = more.SELinuxContext
    ? { ...before.SELinuxContext, ...more.SELinuxContext }
    : (before.SELinuxContext ?? null);
  draft.container.Privileges = { ...before, ...more, SELinuxContext };
}

function parseOption(option: string, index: number, scope: ServiceScope): Answer {
  const at = option.search(/[=:]/);
  const name = at < 0 ? option : option.slice(0, at);
  const value = at < 0 ? '' : option.slice(at + 1);
  switch (name) {
    case 'no-new-privileges':
      return privileges({ NoNewPrivileges: value !== 'false' });
    case 'seccomp':
      return parseSeccomp(value, index, scope);
    case 'apparmor':
      return parseAppArmor(value);
    case 'label':
      return parseLabel(value);
    default:
      return {
        kind: 'refused',
        reason: `security option "${option}" has no field in the Swarm API`,
        hint: 'Swarm knows no-new-privileges, seccomp, apparmor and label',
      };
  }
}

function privileges(some: Partial<Privileges>): Answer {
  return { kind: 'privileges', privileges: some };
}

/** A custom profile is a file, read now and sent whole. */
function parseSeccomp(
  value: string,
  index: number,
  { readFile, directoryOf }: ServiceScope,
): Answer {
  if (value === 'unconfined') return privileges({ Seccomp: { Mode: 'unconfined' } });
  if (value === 'builtin' || value === 'default') {
    return privileges({ Seccomp: { Mode: 'default' } });
  }
  const path = resolvePath(directoryOf(['security_opt', index]), value);
  const content = readFile(path);
  if (content.kind === 'error') {
    return {
      kind: 'refused',
      reason: `the seccomp profile cannot be read: ${describeFailure(path, content)}`,
      hint: 'name a profile beside the stack file, or write unconfined',
    };
  }
  const Profile = Buffer.from(content.bytes).toString('base64');
  return privileges({ Seccomp: { Mode: 'custom', Profile } });
}

function parseAppArmor(value: string): Answer {
  if (value === 'unconfined') return privileges({ AppArmor: { Mode: 'disabled' } });
  if (value === 'docker-default' || value === 'default') {
    return privileges({ AppArmor: { Mode: 'default' } });
  }
  return {
    kind: 'refused',
    reason: `the AppArmor profile "${value}" cannot be named in the Swarm API`,
    hint: 'write apparmor=docker-default or apparmor=unconfined',
  };
}

const LABELS: Readonly<Record<string, 'User' | 'Role' | 'Type' | 'Level'>> = {
  user: 'User',
  role: 'Role',
  type: 'Type',
  level: 'Level',
};

function parseLabel(value: string): Answer {
  if (value === 'disable') return privileges({ SELinuxContext: { Disable: true } });
  const [part = '', ...rest] = value.split(':');
  const field = Object.hasOwn(LABELS, part) ? LABELS[part] : undefined;
  if (field) return privileges({ SELinuxContext: { [field]: rest.join(':') } });
  return {
    kind: 'refused',
    reason: `the label "${value}" is none of user, role, type, level and disable`,
    hint: 'write label=type:svirt_apache_t, or label=disable',
  };
}
