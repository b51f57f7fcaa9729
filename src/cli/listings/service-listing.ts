import type { Service, ServiceMode, ServiceSpec, ServiceStatus } from '../../swarm/service.ts';
import type { Listing } from '../render/listing.ts';
import { compareNatural } from '../render/natural-order.ts';
import { formatIngressPorts } from './published-ports.ts';
import { shortImage } from './short-image.ts';

/**
 * Services of a stack as `services` shows them.
 * @param services - asked for with `status=true`, else REPLICAS reads 0/0
 * @source spec/stack-file.md section 2.3
 */
export function listServices(services: readonly Service[]): Listing {
  const sorted = [...services].sort((a, b) => compareNatural(a.Spec.Name, b.Spec.Name));
  return {
    titles: {
      ID: 'ID',
      Name: 'NAME',
      Mode: 'MODE',
      Replicas: 'REPLICAS',
      Image: 'IMAGE',
      Ports: 'PORTS',
    },
    columns: ['ID', 'Name', 'Mode', 'Replicas', 'Image', 'Ports'],
    rows: sorted.map((service) => ({
      ID: service.ID.slice(0, 12),
      Name: service.Spec.Name,
      Mode: modeName(service.Spec.Mode ?? {}),
      Replicas: describeReplicas(service),
      Image: shortImage(service.Spec.TaskTemplate.ContainerSpec?.Image ?? ''),
      Ports: formatIngressPorts(service.Endpoint?.Ports ?? []),
    })),
    raw: [
      ['id', 'ID'],
      ['name', 'Name'],
      ['mode', 'Mode'],
      ['replicas', 'Replicas'],
      ['image', 'Image'],
      ['ports', 'Ports'],
    ],
    quietField: 'ID',
  };
}

function modeName(mode: ServiceMode): string {
  if (mode.Global) return 'global';
  if (mode.GlobalJob) return 'global job';
  return mode.ReplicatedJob ? 'replicated job' : 'replicated';
}

/** `2/3 (max 2 per node)`, `1/2 (3/5 completed)`. */
function describeReplicas({ Spec: spec, ServiceStatus: status = NO_STATUS }: Service): string {
  const { RunningTasks: running, DesiredTasks: desired, CompletedTasks: completed } = status;
  const note = noteOfMode(spec, completed ?? 0, desired);
  return `${running}/${desired}${note}`;
}

const NO_STATUS: ServiceStatus = { RunningTasks: 0, DesiredTasks: 0, CompletedTasks: 0 };

function noteOfMode(spec: ServiceSpec, completed: number, desired: number): string {
  const mode = spec.Mode ?? {};
  if (mode.Global) return '';
  if (mode.GlobalJob) return ` (${completed}/${desired + completed} completed)`;
  if (mode.ReplicatedJob) {
    return ` (${completed}/${mode.ReplicatedJob.TotalCompletions ?? 0} completed)`;
  }
  const most = spec.TaskTemplate.Placement?.MaxReplicas ?? 0;
  return most > 0 ? ` (max ${most} per node)` : '';
}
