import type { StoredTask } from '../store/stored-object.ts';
import type { PlacementRequest, Reservation } from './placement-request.ts';
import { toPlacementRequest, toReservation } from './placement-request.ts';

/** The placement demands of a stored task. */
export function requestOf(task: StoredTask): PlacementRequest {
  return toPlacementRequest({
    service: task.ServiceID,
    specVersion: task.SpecVersion,
    spec: task.Spec,
    ports: task.Endpoint?.Ports,
    networkDrivers: (task.NetworksAttachments ?? []).map(
      ({ Network }) => Network.DriverState?.Name ?? Network.Spec.DriverConfiguration?.Name ?? '',
    ),
  });
}

/** What a stored task takes from its node. */
export function reservationOf(task: StoredTask): Reservation {
  return toReservation(task.Spec, task.Endpoint?.Ports);
}
