import { addressSpace } from './address-space.ts';
import { clusterHealth } from './cluster-health.ts';
import { knownImages } from './known-images.ts';
import type { PreflightRule } from './preflight-rule.ts';
import { publishedPorts } from './published-ports.ts';
import { suitableNode } from './suitable-node.ts';

/** Every rule, in the order in which findings are told: what stops the deploy first. */
export const PREFLIGHT_RULES: readonly PreflightRule[] = [
  suitableNode,
  publishedPorts,
  addressSpace,
  knownImages,
  clusterHealth,
];
