import type { Clock } from '../base/clock.ts';
import { Ingress, type ListenTrouble } from '../ingress/ingress.ts';
import { localAddresses } from '../ingress/local-addresses.ts';
import type { ProcessRuntime } from '../runtimes/process/process-runtime.ts';
import type { OpenTraffic } from './traffic.ts';

export interface IngressFacts {
  readonly clock: Clock;
  readonly runtime: Pick<ProcessRuntime, 'findAddresses'>;
  readonly canListenLow: boolean;
  readonly onTrouble: (error: unknown) => void;
}

/** Published ports and virtual IPs of tasks that are processes of this machine. */
export function ingressOf({ clock, runtime, canListenLow, onTrouble }: IngressFacts): OpenTraffic {
  return (store) => {
    const ingress = new Ingress({
      store,
      clock,
      findAddresses: (endpoint, protocol) => runtime.findAddresses(endpoint, protocol),
      publishAddresses: localAddresses,
      canListenLow,
      onTrouble: (trouble) => onTrouble(toError(trouble)),
    });
    ingress.start();
    return {
      peersOf: ({ task }) => ingress.peersOf(task.ServiceID),
      drain: (task, signal) => ingress.drain(task, signal),
      stop: () => ingress.stop(),
    };
  };
}

function toError({ frontend, address, error }: ListenTrouble): Error {
  const where = `${address}:${frontend.port}/${frontend.protocol}`;
  return new Error(`port ${where} of service ${frontend.service} cannot be served`, {
    cause: error,
  });
}
