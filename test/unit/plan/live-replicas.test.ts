import { expect, test } from 'vitest';
import { decideService } from '../../../src/plan/service-operations.ts';
import { LABEL_REPLICAS } from '../../../src/swarm/live-replicas.ts';
import type { ServiceId } from '../../../src/swarm/object.ts';
import type { Service, ServiceSpec } from '../../../src/swarm/service.ts';
import { aService } from '../../support/a-stack.ts';

const of = (replicas: number, labels: Record<string, string> = {}): ServiceSpec =>
  aService('web', { Mode: { Replicated: { Replicas: replicas } }, Labels: labels });
const stored = (Spec: ServiceSpec): Service => ({
  ID: 'service1' as ServiceId,
  Version: { Index: 1 },
  CreatedAt: '',
  UpdatedAt: '',
  Spec,
});
const LIVE = { [LABEL_REPLICAS]: 'live' };

test('a live number is kept, also when something else changes', () => {
  const context = { networkNames: new Map<string, string>() };
  expect(decideService(of(2, LIVE), stored(of(7, LIVE)), context).action).toBe('keep');
  const { action, spec, changes } = decideService(
    { ...of(2, LIVE), EndpointSpec: { Mode: 'dnsrr' } },
    stored(of(7, LIVE)),
    context,
  );
  expect([action, spec.Mode?.Replicated?.Replicas]).toEqual(['update', 7]);
  expect(changes.map((one) => one.path)).toEqual(['EndpointSpec.Mode']);
});

test('the file’s number is used at first, and by every service that does not say live', () => {
  const context = { networkNames: new Map<string, string>() };
  expect(decideService(of(2, LIVE), undefined, context).spec.Mode?.Replicated?.Replicas).toBe(2);
  expect(decideService(of(2), stored(of(7)), context).spec.Mode?.Replicated?.Replicas).toBe(2);
});
