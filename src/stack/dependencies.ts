import { sortTopologically } from '../base/topology.ts';
import { scopeName } from '../swarm/stack-labels.ts';
import { textOf } from './format-scalar.ts';
import type { Format } from './format.ts';
import type { StackModel } from './model.ts';
import type { DependencyCondition, ServiceDependency } from './stack-spec.ts';
import { isYamlMap, type YamlValue } from './yaml-values.ts';

/** One entry of `depends_on`, in the short or the long form. */
export interface Dependency {
  /** Key of the other service. */
  readonly on: string;
  /** Where it is written, below `depends_on`. */
  readonly step: string | number;
  readonly condition: string;
  readonly restarts: boolean;
  readonly isRequired: boolean;
}

/** @source compose-spec 05-services.md, depends_on */
export function dependenciesOf(value: YamlValue | undefined): readonly Dependency[] {
  if (value === undefined) return [];
  if (isYamlMap(value)) {
    return Object.entries(value).map(([on, options]) => {
      const long = isYamlMap(options) ? options : {};
      return {
        on,
        step: on,
        condition: textOf(long['condition'] ?? 'service_started'),
        restarts: isFlag(long['restart'] ?? null, true),
        isRequired: !isFlag(long['required'] ?? null, false),
      };
    });
  }
  const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [];
  const short = { condition: 'service_started', restarts: false, isRequired: true };
  return items.map((item, step) => ({ ...short, on: textOf(item), step }));
}

/** Variables leave switches as text. */
function isFlag(value: YamlValue, wanted: boolean): boolean {
  return value === wanted || textOf(value ?? '').toLowerCase() === String(wanted);
}

/** Services that wait for each other, by key; empty when there is an order. */
export function dependencyCycles({ services }: StackModel): readonly (readonly string[])[] {
  return sortTopologically(Object.keys(services).sort(), (name) =>
    dependenciesOf(services[name]?.depends_on).map(({ on }) => on),
  ).cycles;
}

const CONDITIONS: ReadonlySet<string> = new Set<DependencyCondition>([
  'service_started',
  'service_healthy',
  'service_completed_successfully',
]);

/**
 * The order of the services with real names, without those that are not in the stack.
 *
 * In docker's format nothing is waited for, since docker keeps no order at all; of services that
 * wait for each other none is ordered there.
 */
export function convertDependencies(
  model: StackModel,
  { stack, format }: { readonly stack: string; readonly format: Format },
): readonly ServiceDependency[] {
  const knots = dependencyCycles(model);
  const hasOrder = knots.length === 0;
  const { levels } = sortTopologically(Object.keys(model.services), (name) =>
    dependenciesOf(model.services[name]?.depends_on).map(({ on }) => on),
  );
  return Object.keys(model.services)
    .sort()
    .filter((name) => hasOrder || levels.has(name))
    .flatMap((name) =>
      dependenciesOf(model.services[name]?.depends_on)
        .filter(({ on }) => Object.hasOwn(model.services, on))
        .map(({ on, condition, restarts, isRequired }) => ({
          service: scopeName(stack, name),
          on: scopeName(stack, on),
          condition:
            format === 'docker' || !CONDITIONS.has(condition)
              ? ('order' as const)
              : (condition as DependencyCondition),
          restarts,
          isRequired,
        })),
    );
}
