import { describe, inject } from 'vitest';
import { describeContainerRuntime } from '../support/container-contract.ts';

const offer = inject('swarmLab');

describe.skipIf(offer.kind === 'none')('containers of an engine without Swarm', () => {
  if (offer.kind === 'none') return;
  const { lab } = offer;
  describeContainerRuntime(`Docker ${lab.engineVersion} container`, lab.outside.socket, lab.image);
});
