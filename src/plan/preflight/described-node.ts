import type { ObservedNode } from '../../orchestrator/scheduler/observed-cluster.ts';

/**
 * Whether the node's own agent has told what it is.
 *
 * Every agent sends its certificate's issuer along; a stand-in for an engine, or a proxy that shows
 * part of a node, does not, and what a node seems to lack is then no reason to refuse.
 */
export function isDescribed({ Description }: ObservedNode): boolean {
  return Description.TLSInfo !== undefined && Description.Resources !== undefined;
}
