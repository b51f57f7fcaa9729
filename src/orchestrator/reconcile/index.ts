import type { StoredService } from '../store/stored-object.ts';
import { globalJob } from './global-job.ts';
import { global } from './global.ts';
import { modeOf, type Orchestrator } from './reconciliation.ts';
import { replicatedJob } from './replicated-job.ts';
import { replicated } from './replicated.ts';

/** Every kind of service, one orchestrator each. */
export const ORCHESTRATORS: readonly Orchestrator[] = [
  replicated,
  global,
  replicatedJob,
  globalJob,
];

const BY_MODE = new Map(ORCHESTRATORS.map((one) => [one.mode, one]));

/** The orchestrator that keeps a service. */
export function orchestratorOf(service: Pick<StoredService, 'Spec'>): Orchestrator {
  return BY_MODE.get(modeOf(service)) ?? replicated;
}
