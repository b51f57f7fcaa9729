import type { StackModel } from '../model.ts';
import type { StackSpec } from '../stack-spec.ts';
import { constraintsParse } from './constraints-parse.ts';
import { dependsOnHasAnOrder } from './depends-on-has-an-order.ts';
import { dependsOnIsDeclared } from './depends-on-is-declared.ts';
import { healthcheckTimes } from './healthcheck-times.ts';
import { healthcheckTestIsOne } from './healthcheck-test-is-one.ts';
import { jobsHaveNoUpdateConfig } from './jobs-have-no-update-config.ts';
import { knownWords } from './known-words.ts';
import { mountTargetsDiffer } from './mount-targets-differ.ts';
import { namesAreValid } from './names-are-valid.ts';
import { portsFit } from './ports-fit.ts';
import { resourcesAreEnough } from './resources-are-enough.ts';
import { relativeBindsAreMeant } from './relative-binds-are-meant.ts';
import { xTstackIsKnown } from './x-tstack-is-known.ts';
import type { ModelRule, RuleContext, SpecRule } from './rule.ts';

/** Checks of the merged files, in the order of their findings. */
const MODEL_RULES: readonly ModelRule[] = [
  dependsOnIsDeclared,
  dependsOnHasAnOrder,
  healthcheckTestIsOne,
  xTstackIsKnown,
];

/** Checks of the merged files before converting: `config` passes what a deploy refuses. */
const DEPLOY_RULES: readonly ModelRule[] = [relativeBindsAreMeant];

/**
 * Checks of the requests, in the order of their findings.
 *
 * Docker leaves all of them to the engine, which refuses half-way through a deploy.
 */
const SPEC_RULES: readonly SpecRule[] = [
  namesAreValid,
  knownWords,
  jobsHaveNoUpdateConfig,
  resourcesAreEnough,
  constraintsParse,
  healthcheckTimes,
  mountTargetsDiffer,
  portsFit,
];

/** Runs the checks of the merged files. */
export function checkModel(model: StackModel, context: RuleContext): void {
  if (context.compat === 'docker') return;
  for (const rule of MODEL_RULES) rule(model, context);
}

/** Runs the checks of the merged files that concern a deploy only. */
export function checkDeploy(model: StackModel, context: RuleContext): void {
  if (context.compat === 'docker') return;
  for (const rule of DEPLOY_RULES) rule(model, context);
}

/** Runs the checks of the requests. */
export function checkSpec(spec: Omit<StackSpec, 'locate'>, context: RuleContext): void {
  if (context.compat === 'docker') return;
  for (const rule of SPEC_RULES) rule(spec, context);
}
