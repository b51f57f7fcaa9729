import type { ServiceSpec } from '../../swarm/service.ts';
import type { Format } from '../format.ts';
import type { StackModel } from '../model.ts';
import type { Compat } from '../read-stack.ts';
import type { Path, Problem } from '../report.ts';
import type { StackSpec } from '../stack-spec.ts';

/** Takes problems whose paths are those of the merged model. */
export type MergedReport = (path: Path, problem: Omit<Problem, 'place'>) => void;

/** What a rule may look at besides what it checks. */
export interface RuleContext {
  readonly compat: Compat;
  readonly format: Format;
  readonly report: MergedReport;
}

/** A check of several keys of the merged files at once; runs for `config` too. */
export type ModelRule = (model: StackModel, context: RuleContext) => void;

/** A check of the requests: what an engine is certain to refuse. */
export type SpecRule = (spec: Omit<StackSpec, 'locate'>, context: RuleContext) => void;

interface Finding {
  /** Below the service, as in the file. */
  readonly path: Path;
  readonly code: string;
  /** The engine's text. */
  readonly reason: string;
  readonly hint?: string;
}

/** A check of one service request; its findings are errors of that service. */
export type ServiceCheck = (service: ServiceSpec) => readonly Finding[];

/** Runs a check on every service; messages start with `service <stack>_<name>: `. */
export function eachService(check: ServiceCheck): SpecRule {
  return ({ stack, services }, { report }) => {
    for (const service of services) {
      for (const { path, reason, ...finding } of check(service)) {
        report(['services', service.Name.slice(stack.length + 1), ...path], {
          ...finding,
          severity: 'error',
          message: `service ${service.Name}: ${reason}`,
        });
      }
    }
  };
}
