import type { Node } from '../../src/swarm/node.ts';
import type { Service, ServiceSpec } from '../../src/swarm/service.ts';
import { toServiceSpec, type DifferentialScenario, type ServiceShape } from './scenario.ts';
import { toSnapshot, type Snapshot, type SnapshotOptions } from './snapshot.ts';
import type { Target } from './target.ts';

/** What both sides are told of the lab. */
export interface Lab {
  readonly image: string;
  /** node-1, node-2, node-3, as the real Swarm lists them. */
  readonly nodes: readonly Node[];
}

/** Called at every `agree` step: looks until it is content, and says what it saw. */
export type Agree = (look: () => Promise<Snapshot>, step: number) => Promise<void>;

/** How far apart two looks at a real Swarm are, and how long a state has to stay, ms. */
const LOOK_MS = 250;
const STAYS_MS = 1200;
/** How long the simulator is given, in its own time, and the Swarm, in ours. */
const REST_MS = 45_000;
const PATIENCE_MS = 60_000;

/** Plays a scenario; `agree` is asked wherever the scenario says so. */
export async function play(
  scenario: DifferentialScenario,
  { target, lab, agree }: { readonly target: Target; readonly lab: Lab; readonly agree: Agree },
): Promise<void> {
  const name = scenario.name.replace(/[^a-z0-9]+/g, '-').slice(0, 60);
  const options = { nodes: lab.nodes, by: placementBy(scenario) };
  const look = async (): Promise<Snapshot> =>
    toSnapshot(await target.service(name), await target.tasks(name), options);
  let spec: ServiceSpec | undefined;
  for (const [index, step] of scenario.steps.entries()) {
    switch (step.do) {
      case 'create':
        spec = specOf(name, step.spec, lab);
        await target.create(spec);
        break;
      case 'update':
        spec = specOf(name, step.spec, lab);
        await target.update(name, spec);
        break;
      case 'rollback':
        await target.update(name, await currentSpec(target, name), 'previous');
        break;
      case 'force':
        await target.update(name, withForce(await currentSpec(target, name)));
        break;
      case 'remove':
        await target.remove(name);
        break;
      case 'node': {
        const { availability: Availability, labels: Labels } = step;
        const node = lab.nodes[step.node - 1];
        if (!node) throw new Error(`no node ${step.node}`);
        const change = { ...(Availability && { Availability }), ...(Labels && { Labels }) };
        await target.updateNode(node.ID, change);
        break;
      }
      case 'wait':
        await target.wait(step.ms);
        break;
      case 'agree':
        await agree(look, index);
        break;
    }
  }
}

/** The states the simulator comes to, one per `agree` step. */
export async function foretell(
  scenario: DifferentialScenario,
  target: Target,
  lab: Lab,
): Promise<ReadonlyMap<number, Snapshot>> {
  const states = new Map<number, Snapshot>();
  const agree: Agree = async (look, step) => {
    await target.wait(REST_MS);
    states.set(step, await look());
  };
  await play(scenario, { target, lab, agree });
  return states;
}

/**
 * Waits until the Swarm is in the state that was foretold and stays there; what it last was, if
 * it never is.
 */
export async function comesTo(
  foretold: Snapshot,
  look: () => Promise<Snapshot>,
  wait: (ms: number) => Promise<void>,
): Promise<Snapshot> {
  const wanted = JSON.stringify(foretold);
  let seen = await look();
  let since = 0;
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if (JSON.stringify(seen) !== wanted) since = waited + LOOK_MS;
    else if (waited - since >= STAYS_MS) return seen;
    await wait(LOOK_MS);
    seen = await look();
  }
  return seen;
}

function specOf(name: string, shape: ServiceShape, lab: Lab): ServiceSpec {
  const nanoCpus = lab.nodes[0]?.Description.Resources?.NanoCPUs ?? 0;
  const spec = toServiceSpec(name, shape, { image: lab.image, nanoCpus });
  const text = JSON.stringify(spec).replaceAll('{{id}}', lab.nodes[1]?.ID ?? '');
  return JSON.parse(text) as ServiceSpec;
}

async function currentSpec(target: Target, name: string): Promise<ServiceSpec> {
  const service: Service | undefined = await target.service(name);
  if (!service) throw new Error(`no service ${name}`);
  return service.Spec;
}

function withForce(spec: ServiceSpec): ServiceSpec {
  const ForceUpdate = (spec.TaskTemplate.ForceUpdate ?? 0) + 1;
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate } };
}

/** Where nodes are told apart, it matters which one it is; else equals are a set. */
function placementBy({ steps, totalOnly }: DifferentialScenario): SnapshotOptions['by'] {
  if (totalOnly === true) return 'total';
  const isByName = steps.some(
    (step) =>
      (step.do === 'node' && step.labels?.['disk'] !== undefined) ||
      (step.do === 'create' && step.spec.constraints?.some((one) => /node\.(id|role)/.test(one))),
  );
  return isByName ? 'name' : 'set';
}
