import type { StoreView } from '../orchestrator/store/store-view.ts';
import type { StoredService } from '../orchestrator/store/stored-object.ts';
import type { ServiceId, TaskId } from '../swarm/object.ts';
import { isServing } from './endpoints.ts';
import { attachmentsOf } from './peers.ts';

/** Where services and tasks are. */
export interface NamePlaces {
  readonly virtualAddresses: ReadonlyMap<ServiceId, string>;
  /** A task's own address; undefined before it has one. */
  readonly addressOf: (task: TaskId) => string | undefined;
}

const TASKS = 'tasks.';

/**
 * The addresses behind a name, as tasks of a service see it: `web` and its aliases are the service's
 * virtual IP, or its running tasks with endpoint mode dnsrr; `tasks.web` always the tasks. Pure.
 * @returns undefined when no service on a network of theirs has the name
 * @source spec/orchestrator.md (discovery); moby libnetwork service_common.go
 */
export function resolveName(
  view: StoreView,
  asker: StoredService,
  name: string,
  places: NamePlaces,
): readonly string[] | undefined {
  const wantsTasks = name.startsWith(TASKS);
  const wanted = wantsTasks ? name.slice(TASKS.length) : name;
  const own = new Set(attachmentsOf(asker).map((one) => one.Target));
  const found = view
    .list('service')
    .filter((service) => namesOn(service, own).some((one) => one.toLowerCase() === wanted));
  if (found.length === 0) return undefined;
  return found.flatMap((service) => {
    const isByTask = wantsTasks || service.Spec.EndpointSpec?.Mode === 'dnsrr';
    if (!isByTask) return places.virtualAddresses.get(service.ID) ?? [];
    return view
      .tasksByService(service.ID)
      .filter(isServing)
      .flatMap((task) => places.addressOf(task.ID) ?? []);
  });
}

/** A service's name and aliases on these networks; none when it is on none of them. */
function namesOn(service: StoredService, networks: ReadonlySet<string>): readonly string[] {
  const shared = attachmentsOf(service).filter((one) => networks.has(one.Target));
  if (shared.length === 0) return [];
  return [service.Spec.Name, ...shared.flatMap((one) => one.Aliases ?? [])];
}
