import type { Clock } from '../base/clock.ts';
import { Ingress, type ListenTrouble } from '../ingress/ingress.ts';
import { listenForNames } from '../ingress/name-server.ts';
import { localAddresses } from '../ingress/local-addresses.ts';
import type { ProcessRuntime } from '../runtimes/process/process-runtime.ts';
import type { OpenTraffic } from './traffic.ts';

/** Where containers of the Docker Engine find their DNS server, too. */
const NAME_SERVER = '127.0.0.11';
const DNS_PORT = 53;

export interface IngressFacts {
  readonly clock: Clock;
  readonly runtime: Pick<ProcessRuntime, 'findAddresses' | 'findAsker' | 'addressOf'>;
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
    const names = canListenLow
      ? listenForNames({
          address: NAME_SERVER,
          port: DNS_PORT,
          resolve: (name, port) => {
            const task = runtime.findAsker(port);
            const service = task && store.view.get('task', task)?.ServiceID;
            if (!service) return undefined;
            return ingress.resolveName(service, name, (one) => runtime.addressOf(one));
          },
          onTrouble: (cause) =>
            onTrouble(new Error(`names cannot be served at ${NAME_SERVER}`, { cause })),
        })
      : undefined;
    return {
      get nameServer() {
        return names?.isListening === true ? NAME_SERVER : undefined;
      },
      peersOf: ({ task }) => ingress.peersOf(task.ServiceID),
      drain: (task, signal) => ingress.drain(task, signal),
      stop: () => {
        names?.close();
        ingress.stop();
      },
    };
  };
}

function toError({ frontend, address, error }: ListenTrouble): Error {
  const where = `${address}:${frontend.port}/${frontend.protocol}`;
  return new Error(`port ${where} of service ${frontend.service} cannot be served`, {
    cause: error,
  });
}
