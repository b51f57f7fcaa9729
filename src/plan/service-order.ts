import { byString } from '../base/compare.ts';
import { sortTopologically } from '../base/topology.ts';
import type { DependencyCondition, ServiceDependency } from '../stack/stack-spec.ts';
import type { ServiceSpec } from '../swarm/service.ts';
import type { FieldChange } from './plan.ts';
import { isJob, type ServiceDecision } from './service-operations.ts';

/** A service that must have got so far before an operation is begun. */
export interface Gate {
  /** Real name. */
  readonly service: string;
  readonly condition: DependencyCondition;
  /** Whether the operation is not begun when the service fails. */
  readonly isRequired: boolean;
}

/** The services of a stack in the order of `depends_on`, and what each of them waits for. */
export class ServiceOrder {
  readonly #dependencies: ReadonlyMap<string, readonly ServiceDependency[]>;
  readonly #levels: ReadonlyMap<string, number>;
  readonly #replaced = new Set<string>();

  constructor(names: readonly string[], dependencies: readonly ServiceDependency[]) {
    const byService = new Map<string, ServiceDependency[]>();
    for (const one of dependencies) {
      byService.set(one.service, [...(byService.get(one.service) ?? []), one]);
    }
    this.#dependencies = byService;
    const needsOf = (name: string): readonly string[] =>
      (this.#dependencies.get(name) ?? []).map((one) => one.on);
    this.#levels = sortTopologically(names, needsOf).levels;
  }

  /** How many services come one after the other before this one. */
  levelOf(name: string): number {
    return this.#levels.get(name) ?? 0;
  }

  /** By level, then name. */
  sort(services: readonly ServiceSpec[]): readonly ServiceSpec[] {
    const byName = byString<ServiceSpec>((one) => one.Name);
    return [...services].sort(
      (a, b) => this.levelOf(a.Name) - this.levelOf(b.Name) || byName(a, b),
    );
  }

  gatesOf(name: string): readonly Gate[] {
    return (this.#dependencies.get(name) ?? []).map(({ on, condition, isRequired }) => ({
      service: on,
      condition,
      isRequired,
    }));
  }

  /**
   * The decision with `restart: true` honoured: tasks are replaced when those of a service it
   * depends on are. Decide services in order of {@link sort}.
   */
  withRestart(decision: ServiceDecision): ServiceDecision {
    const { spec, action } = decision;
    const because = (this.#dependencies.get(spec.Name) ?? []).find(
      (one) => one.restarts && this.#replaced.has(one.on),
    );
    const isForced =
      because !== undefined &&
      !isJob(spec.Mode) &&
      (action === 'keep' || (action === 'update' && !replacesTasks(decision.changes)));
    const decided = isForced ? forced(decision, `restarts with ${because.on}`) : decision;
    if (decided.action === 'update' && replacesTasks(decided.changes)) {
      this.#replaced.add(spec.Name);
    }
    return decided;
  }
}

/** Whether changes of these fields make an orchestrator replace tasks; placement may, and does not count. */
function replacesTasks(changes: readonly FieldChange[]): boolean {
  return changes.some(
    ({ path }) =>
      path.startsWith('EndpointSpec') ||
      (path.startsWith('TaskTemplate') && !path.startsWith('TaskTemplate.Placement')),
  );
}

function forced(decision: ServiceDecision, cause: string): ServiceDecision {
  const { spec, changes } = decision;
  const from = spec.TaskTemplate.ForceUpdate ?? 0;
  const change = { path: 'TaskTemplate.ForceUpdate', from, to: from + 1 };
  return {
    action: 'update',
    cause: changes.length > 0 ? `${decision.cause}; ${cause}` : cause,
    changes: [...changes, change].sort(byString((one) => one.path)),
    spec: { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: from + 1 } },
  };
}
