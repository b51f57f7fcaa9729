import type { StackSpec } from '../stack/stack-spec.ts';
import type { ScenarioProblem } from './field-reader.ts';
import { nameIn } from './report.ts';
import type { Scenario } from './scenario.ts';
import { withoutTag } from './simulated-world.ts';

/** What a scenario is to fit. */
export interface Fitting {
  /** The stack, and what the files of `update` events ask for. */
  readonly stacks: readonly StackSpec[];
  /** Services that run from the start: names and images. */
  readonly live: readonly { readonly name: string; readonly image: string }[];
}

/** What in a scenario fits nothing: a word that does is a slip, not a wish. */
export function checkFit(scenario: Scenario, fitting: Fitting): readonly ScenarioProblem[] {
  const services = fitting.stacks.flatMap((one) =>
    one.services.map((service) => ({
      name: service.Name,
      image: service.TaskTemplate.ContainerSpec?.Image ?? '',
    })),
  );
  const all = [...services, ...fitting.live];
  return [
    ...imageProblems(scenario, [...new Set(all.map((one) => one.image))]),
    ...expectationProblems(
      scenario,
      all.map((one) => one.name),
    ),
  ];
}

function imageProblems(scenario: Scenario, images: readonly string[]): ScenarioProblem[] {
  const known = new Set(
    images.flatMap((image) => [image, image.replace(/@.*$/, ''), withoutTag(image)]),
  );
  return [...scenario.images.keys()]
    .filter((image) => !known.has(image))
    .map((image) => ({
      path: ['images', image],
      message: `images: no service runs ${image}; there are ${images.join(', ')}`,
      isKey: true,
    }));
}

function expectationProblems(scenario: Scenario, names: readonly string[]): ScenarioProblem[] {
  return [...scenario.expect.minAvailable.keys()]
    .filter((name) => !names.some((service) => nameIn(service, [name]) !== undefined))
    .map((name) => ({
      path: ['expect', 'min_available', name],
      message: `expect.min_available: there is no service ${name}`,
      isKey: true,
    }));
}
