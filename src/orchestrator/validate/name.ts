import { rpcError, type ControlError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

// One way only to match each name: the upstream pattern backtracks without bound on long bad ones.
const DNS_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?$/;
const MAX_DNS_NAME = 63;
const OBJECT_NAME = /^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/;
const MAX_OBJECT_NAME = 64;

/** Names of services and networks. @source swarmkit manager/controlapi/common.go (validateAnnotations) */
export function checkDnsName(name: string): ControlError | undefined {
  if (name === '') return rpcError('InvalidArgument', 'name must be provided');
  if (!DNS_NAME.test(name)) {
    return rpcError('InvalidArgument', 'name must be valid as a DNS name component');
  }
  if (name.length > MAX_DNS_NAME) {
    return rpcError('InvalidArgument', 'name must be 63 characters or fewer');
  }
  return undefined;
}

/** Names of secrets and configs. @source swarmkit manager/controlapi/common.go (validateConfigOrSecretAnnotations) */
export function checkObjectName(name: string): ControlError | undefined {
  if (name === '') return rpcError('InvalidArgument', 'name must be provided');
  if (name.length <= MAX_OBJECT_NAME && OBJECT_NAME.test(name)) return undefined;
  const text =
    'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, ' +
    'and the start and end character must be [a-zA-Z0-9]';
  return rpcError('InvalidArgument', text);
}

/** The service's name. @source spec/orchestrator.md section 23 */
export const nameRule: SpecRule = (spec) => checkDnsName(spec.Name);
