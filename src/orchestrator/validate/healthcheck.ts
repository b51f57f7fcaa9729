import { rpcError } from '../control-error.ts';
import type { SpecRule } from './spec-rule.ts';

const MIN_DURATION_NS = 1_000_000;

/** Durations are 0 or at least 1 ms. @source swarmkit manager/controlapi/service.go (validateHealthCheck) */
export const healthcheckRule: SpecRule = ({ TaskTemplate }) => {
  const check = TaskTemplate.ContainerSpec?.Healthcheck;
  if (!check) return undefined;
  for (const key of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const duration = check[key] ?? 0;
    if (duration !== 0 && duration < MIN_DURATION_NS) {
      const text = `ContainerSpec: ${key} in HealthConfig cannot be less than 1ms`;
      return rpcError('InvalidArgument', text);
    }
  }
  return (check.Retries ?? 0) < 0
    ? rpcError('InvalidArgument', 'ContainerSpec: Retries in HealthConfig cannot be negative')
    : undefined;
};
