import type { Path } from '../report.ts';
import type { SpecRule } from './rule.ts';

// The same names as the engine's patterns accept, in a form that does not backtrack.
const DNS_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?$/;
const OBJECT_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9])?$/;
const MAX_DNS_NAME = 63;
const MAX_OBJECT_NAME = 64;

/** Names of services, networks, secrets and configs. @source spec/stack-file.md 1.3 */
export const namesAreValid: SpecRule = (spec, { report }) => {
  const refuse = (path: Path, message: string): void => {
    const hint = `real names are the stack's name, "_" and the key: ${spec.stack}_…`;
    report(path, { code: 'invalid-name', severity: 'error', message, hint });
  };
  for (const { Name } of spec.services) {
    const reason = explainDnsName(Name);
    if (reason !== undefined)
      refuse(['services', keyOf(spec.stack, Name)], `service ${Name}: ${reason}`);
  }
  for (const { Name } of spec.networks) {
    const reason = explainDnsName(Name);
    if (reason !== undefined)
      refuse(['networks', keyOf(spec.stack, Name)], `network ${Name}: ${reason}`);
  }
  for (const kind of ['secret', 'config'] as const) {
    for (const { Name } of spec[`${kind}s`]) {
      if (OBJECT_NAME.test(Name) && Name.length <= MAX_OBJECT_NAME) continue;
      const reason =
        'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]';
      refuse([`${kind}s`, keyOf(spec.stack, Name)], `${kind} ${Name}: ${reason}`);
    }
  }
};

function keyOf(stack: string, name: string): string {
  return name.slice(stack.length + 1);
}

function explainDnsName(name: string): string | undefined {
  if (name.length > MAX_DNS_NAME) return 'name must be 63 characters or fewer';
  return DNS_NAME.test(name) ? undefined : 'name must be valid as a DNS name component';
}
