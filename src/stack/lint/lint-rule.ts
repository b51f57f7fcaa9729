import type { ServiceModel, StackModel } from '../model.ts';
import type { Path } from '../report.ts';

/** Something in a stack that works, but probably not as its writer means. */
export interface LintFinding {
  /** In the merged model. */
  readonly path: Path;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** One check of the merged files; its code can be silenced in the file. */
export interface LintRule {
  readonly code: string;
  readonly check: (model: StackModel) => readonly LintFinding[];
}

type ServiceLint = (
  service: ServiceModel,
  name: string,
  model: StackModel,
) => readonly LintFinding[];

/** A rule that looks at one service after another; paths are below the service. */
export function lintServices(code: string, check: ServiceLint): LintRule {
  return {
    code,
    check: (model) =>
      Object.entries(model.services).flatMap(([name, service]) =>
        check(service, name, model).map((finding) => ({
          ...finding,
          path: ['services', name, ...finding.path],
        })),
      ),
  };
}
