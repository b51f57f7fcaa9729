import type { NodeAvailability } from '../../src/swarm/node.ts';
import type { ServiceMode, ServiceSpec, TaskSpec } from '../../src/swarm/service.ts';

/** A course of events that a real Swarm and the simulator are both given. */
export interface DifferentialScenario {
  readonly name: string;
  /** It changes nodes, so nothing else may run beside it. */
  readonly exclusive?: boolean;
  /** Scenarios of one group share something (CPUs) and run one after the other. */
  readonly group?: string;
  /** Which nodes have how many is a matter of ties; only their sum is determined. */
  readonly totalOnly?: boolean;
  readonly steps: readonly DifferentialStep[];
}

export type DifferentialStep =
  | { readonly do: 'create' | 'update'; readonly spec: ServiceShape }
  | { readonly do: 'rollback' | 'force' | 'remove' }
  | {
      readonly do: 'node';
      /** Of node-1, node-2, node-3. */
      readonly node: number;
      readonly availability?: NodeAvailability;
      readonly labels?: Readonly<Record<string, string>>;
    }
  /** Both let so much time pass, whatever happens in it. */
  | { readonly do: 'wait'; readonly ms: number }
  /** Both must come to the same state, and stay in it. */
  | { readonly do: 'agree' };

/** What matters of a service's spec, without the noise. */
export interface ServiceShape {
  readonly replicas?: number;
  readonly mode?: ServiceMode;
  /** Shell; default: sleeps for ever and stops at once. */
  readonly command?: string;
  readonly version?: string;
  readonly constraints?: readonly string[];
  readonly spreadBy?: string;
  readonly maxReplicas?: number;
  /** Share of the CPUs of node-1 that one task reserves. */
  readonly cpuShare?: number;
  readonly platform?: string;
  readonly hostPort?: number;
  readonly restart?: TaskSpec['RestartPolicy'];
  readonly update?: ServiceSpec['UpdateConfig'];
  readonly rollback?: ServiceSpec['RollbackConfig'];
}

const SECOND = 1e9;

/** A duration on the wire. */
export function seconds(count: number): never {
  return (count * SECOND) as never;
}

/** The spec of a shape; both sides get the same one. */
export function toServiceSpec(
  name: string,
  shape: ServiceShape,
  context: { readonly image: string; readonly nanoCpus: number },
): ServiceSpec {
  const script = shape.command ?? 'sleep 100000';
  const cpus = Math.floor((shape.cpuShare ?? 0) * context.nanoCpus);
  const version = shape.version ?? '1';
  return {
    Name: name,
    Labels: {},
    TaskTemplate: {
      ContainerSpec: {
        Image: context.image,
        Command: ['sh', '-c', script],
        Env: [`VERSION=${version}`],
        StopSignal: 'SIGKILL',
        StopGracePeriod: seconds(1),
      },
      RestartPolicy: shape.restart ?? { Condition: 'any', Delay: seconds(0.2) },
      Placement: placementOf(shape),
      ...(cpus > 0 && { Resources: { Reservations: { NanoCPUs: cpus } } }),
    },
    Mode: shape.mode ?? { Replicated: { Replicas: shape.replicas ?? 1 } },
    ...(shape.update && { UpdateConfig: shape.update }),
    ...(shape.rollback && { RollbackConfig: shape.rollback }),
    ...(shape.hostPort !== undefined && {
      EndpointSpec: {
        Ports: [
          {
            Protocol: 'tcp',
            TargetPort: 80,
            PublishedPort: shape.hostPort,
            PublishMode: 'host',
          },
        ],
      },
    }),
  };
}

function placementOf(shape: ServiceShape): NonNullable<TaskSpec['Placement']> {
  const { constraints, spreadBy, maxReplicas, platform } = shape;
  return {
    ...(constraints && { Constraints: constraints }),
    ...(spreadBy !== undefined && { Preferences: [{ Spread: { SpreadDescriptor: spreadBy } }] }),
    ...(maxReplicas !== undefined && { MaxReplicas: maxReplicas }),
    ...(platform !== undefined && { Platforms: [{ OS: 'linux', Architecture: platform }] }),
  };
}
