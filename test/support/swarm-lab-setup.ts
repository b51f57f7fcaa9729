import type { TestProject } from 'vitest/node';
import { labObstacle, startSwarmLab, stopLab, type LabOffer } from './swarm-lab.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly swarmLab: LabOffer;
  }
}

/**
 * One lab for a whole run of the `swarm` project; taken down afterwards, whatever happened.
 *
 * Where there can be none, the tests are skipped and this says so; TSTACK_REQUIRE_SWARM=1 makes that a failure.
 */
export async function setup(project: TestProject): Promise<() => void> {
  const reason = labObstacle();
  if (reason !== undefined) {
    if (process.env['TSTACK_REQUIRE_SWARM'] === '1') {
      throw new Error(`TSTACK_REQUIRE_SWARM=1, but this machine cannot run a Swarm: ${reason}`);
    }
    console.warn(`\nSKIPPED: every test on a real Swarm, because ${reason}.\n`);
    project.provide('swarmLab', { kind: 'none', reason });
    return () => undefined;
  }
  const startedAt = Date.now();
  const lab = await startSwarmLab();
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.warn(`\nSwarm lab: 3 + 1 engines ${lab.engineVersion}, up in ${seconds} s\n`);
  project.provide('swarmLab', { kind: 'up', lab });
  const stop = (): void => stopLab(lab.dir);
  process.once('exit', stop);
  return () => {
    process.off('exit', stop);
    stop();
  };
}
