import type { Diagnostic } from '../../base/diagnostic.ts';
import { ignoredCodes } from '../keys/x-tstack-table.ts';
import { toDiagnostic } from '../locate.ts';
import type { StackModel } from '../model.ts';
import { createOrigin } from '../origin.ts';
import type { LoadedStack } from '../pipeline.ts';
import { constraintMatchesNothing } from './constraint-matches-nothing.ts';
import { floatingTag } from './floating-tag.ts';
import type { LintFinding, LintRule } from './lint-rule.ts';
import { localVolumeOnManyNodes } from './local-volume-on-many-nodes.ts';
import { monitorShorterThanStart } from './monitor-shorter-than-start.ts';
import { privilegedAssumption } from './privileged-assumption.ts';
import { proxyLabelOnContainer } from './proxy-label-on-container.ts';
import { relativeBind } from './relative-bind.ts';
import { rollbackWithoutHealthcheck } from './rollback-without-healthcheck.ts';
import { startFirstWithHostPort } from './start-first-with-host-port.ts';
import { unhealthyDependency } from './unhealthy-dependency.ts';
import { unknownIgnoredCode } from './unknown-ignored-code.ts';
import { unusedConfig, unusedNetwork, unusedSecret, unusedVolume } from './unused-objects.ts';

const RULES: readonly LintRule[] = [
  constraintMatchesNothing,
  startFirstWithHostPort,
  monitorShorterThanStart,
  rollbackWithoutHealthcheck,
  unhealthyDependency,
  proxyLabelOnContainer,
  floatingTag,
  privilegedAssumption,
  relativeBind,
  localVolumeOnManyNodes,
  unusedNetwork,
  unusedVolume,
  unusedSecret,
  unusedConfig,
];

/** All rules, in the order of their findings. */
export const LINT_RULES: readonly LintRule[] = [...RULES, unknownIgnoredCode(RULES)];

interface CodedFinding extends LintFinding {
  readonly code: string;
}

/**
 * What all rules find in a merged stack and the files do not silence. Pure.
 *
 * `x-tstack: {ignore: [code]}` at the top silences a rule, in a service for that service.
 */
export function lintModel(model: StackModel): readonly CodedFinding[] {
  return LINT_RULES.flatMap(({ code, check }) =>
    check(model)
      .filter(({ path }) => !ignoredCodes(model, path).has(code))
      .map((finding) => ({ code, ...finding })),
  );
}

/** The findings with their places in the files, as notes. */
export function lintStack({ model, origin }: LoadedStack): readonly Diagnostic[] {
  const placeOf = createOrigin(origin.read.files);
  return lintModel(model).map(({ path, ...finding }) =>
    toDiagnostic({ ...finding, severity: 'note', place: placeOf(path) }, origin.read.locate),
  );
}
