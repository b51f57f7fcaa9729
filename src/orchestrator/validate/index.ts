import { healthcheckRule } from './healthcheck.ts';
import { imageRule } from './image.ts';
import { modeRule, oneModeRule } from './mode.ts';
import { mountTypeRule } from './mounts.ts';
import { nameRule } from './name.ts';
import { placementRule } from './placement.ts';
import { endpointModeRule, portsRule } from './ports.ts';
import { configReferencesRule, configTargetRule, secretReferencesRule } from './references.ts';
import { resourcesRule } from './resources.ts';
import { restartConditionRule, restartPolicyRule } from './restart-policy.ts';
import { credentialSpecRule, runtimeRule } from './runtime.ts';
import type { SpecRule } from './spec-rule.ts';
import { mountTargetsRule, templatesRule } from './templates.ts';
import { updateConfigRule, updateWordsRule } from './update-config.ts';

/**
 * Every check of a service spec by itself, in the order in which their refusals win: first the
 * engine's conversion, then Swarm's validation.
 * @source spec/orchestrator.md section 23
 */
export const SPEC_RULES: readonly SpecRule[] = [
  runtimeRule,
  credentialSpecRule,
  configTargetRule,
  mountTypeRule,
  restartConditionRule,
  updateWordsRule,
  endpointModeRule,
  oneModeRule,
  nameRule,
  resourcesRule,
  restartPolicyRule,
  placementRule,
  secretReferencesRule,
  configReferencesRule,
  templatesRule,
  imageRule,
  mountTargetsRule,
  healthcheckRule,
  modeRule,
  updateConfigRule,
  portsRule,
];
