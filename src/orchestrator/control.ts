import * as blobs from './control/blobs.ts';
import * as clusters from './control/clusters.ts';
import type { ControlContext } from './control/control-context.ts';
import * as networks from './control/networks.ts';
import * as nodes from './control/nodes.ts';
import * as services from './control/services.ts';

/** A function without its first argument. */
type Bound<F> = F extends (context: ControlContext, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

type BoundAll<T> = { readonly [K in keyof T]: Bound<T[K]> };

const OPERATIONS = {
  createCluster: clusters.createCluster,
  updateCluster: clusters.updateCluster,
  updateNode: nodes.updateNode,
  removeNode: nodes.removeNode,
  createService: services.createService,
  updateService: services.updateService,
  removeService: services.removeService,
  createSecret: blobs.createSecret,
  updateSecret: blobs.updateSecret,
  removeSecret: blobs.removeSecret,
  createConfig: blobs.createConfig,
  updateConfig: blobs.updateConfig,
  removeConfig: blobs.removeConfig,
  createNetwork: networks.createNetwork,
  removeNetwork: networks.removeNetwork,
} as const;

/**
 * Everything a user can ask of the cluster, as versioned writes to the store.
 *
 * Each is one transaction and returns the stored object; each throws ControlError with the text,
 * kind and gRPC code of the real engine. Reading needs no control: it is the store's view, with
 * `lookUp` for what users name. An answer to a client awaits `store.durable()`.
 */
export type Control = BoundAll<typeof OPERATIONS>;

/** The control API of one cluster. */
export function createControl(context: ControlContext): Control {
  const bind = (operation: (context: ControlContext, ...rest: never[]) => unknown) =>
    operation.bind(undefined, context);
  const bound = Object.entries(OPERATIONS).map(([name, operation]) => [name, bind(operation)]);
  return Object.fromEntries(bound) as Control;
}
