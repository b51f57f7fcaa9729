/** An endpoint and how busy it is. */
export interface Load<E> {
  readonly endpoint: E;
  /** Connections open to it now. */
  readonly connections: number;
}

/** Gives the order in which endpoints are to be tried for one more connection. */
export type Order = <E>(loads: readonly Load<E>[]) => readonly E[];

/** A way to share connections among endpoints. */
export interface Balancer {
  /** As it is named in options. */
  readonly name: string;
  /** A fresh state, for one frontend. */
  readonly create: () => Order;
}

/** The list begun at a position, what stood before it behind. */
export function rotate<T>(list: readonly T[], start: number): readonly T[] {
  return [...list.slice(start), ...list.slice(0, start)];
}
