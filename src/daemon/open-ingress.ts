import type { Clock } from '../base/clock.ts';
import type { FindAddresses } from '../ingress/endpoint-pool.ts';
import { Ingress, type ListenTrouble } from '../ingress/ingress.ts';
import { localAddresses } from '../ingress/local-addresses.ts';
import { listenForNames, type NameServer } from '../ingress/name-server.ts';
import type { Store } from '../orchestrator/store/store.ts';
import type { ProcessRuntime } from '../runtimes/process/process-runtime.ts';
import type { OpenTraffic } from './traffic.ts';

/** Where containers of the Docker Engine find their DNS server, too. */
const NAME_SERVER = '127.0.0.11';
const DNS_PORT = 53;

export interface IngressFacts {
  readonly clock: Clock;
  readonly findAddresses: FindAddresses;
  readonly canListenLow: boolean;
  /**
   * Tasks that are processes of this machine: they reach each other by virtual IPs, and the names of
   * services are told here. Absent: their engine does all that.
   */
  readonly processes?: Pick<ProcessRuntime, 'findAsker' | 'addressOf'>;
  readonly onTrouble: (error: unknown) => void;
}

/** Published ports, and virtual IPs and names of tasks that are processes of this machine. */
export function ingressOf(facts: IngressFacts): OpenTraffic {
  const { clock, findAddresses, canListenLow, processes, onTrouble } = facts;
  return (store) => {
    const ingress = new Ingress({
      store,
      clock,
      findAddresses,
      publishAddresses: localAddresses,
      canListenLow,
      hasVirtualAddresses: processes !== undefined,
      onTrouble: (trouble) => onTrouble(toError(trouble)),
    });
    ingress.start();
    const names = processes && canListenLow ? openNames(ingress, store, facts) : undefined;
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

function openNames(
  ingress: Ingress,
  { view }: Store,
  { processes, onTrouble }: IngressFacts,
): NameServer {
  return listenForNames({
    address: NAME_SERVER,
    port: DNS_PORT,
    resolve: (name, port) => {
      const task = processes?.findAsker(port);
      const service = task && view.get('task', task)?.ServiceID;
      if (!service) return undefined;
      return ingress.resolveName(service, name, (one) => processes?.addressOf(one));
    },
    onTrouble: (cause) =>
      onTrouble(new Error(`names of services cannot be served at ${NAME_SERVER}`, { cause })),
  });
}

function toError({ frontend, address, error }: ListenTrouble): Error {
  const where = `${address}:${frontend.port}/${frontend.protocol}`;
  return new Error(`port ${where} of service ${frontend.service} cannot be served`, {
    cause: error,
  });
}
