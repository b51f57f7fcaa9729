import { didYouMean } from '../base/did-you-mean.ts';
import { emptyRecord } from './codec.ts';
import { dependenciesOf } from './dependencies.ts';
import type { ServiceModel, StackModel } from './model.ts';
import type { Report } from './report.ts';
import type { MergedReport } from './rules/rule.ts';

/** Which services take part. */
export interface ProfileChoice {
  /** `*` is all of them. */
  readonly active: readonly string[];
  /** Whether a flag named them, so that a misspelt one is worth a warning. */
  readonly isExplicit: boolean;
}

/**
 * The active profiles: those of the flags, else those of COMPOSE_PROFILES.
 * @source docker docs, compose profiles
 */
export function chooseProfiles(
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): ProfileChoice {
  if (flags.length > 0) return { active: flags, isExplicit: true };
  const variable = Object.hasOwn(env, 'COMPOSE_PROFILES') ? (env['COMPOSE_PROFILES'] ?? '') : '';
  const words = variable.split(',').map((word) => word.trim());
  return { active: words.filter((word) => word !== ''), isExplicit: false };
}

/** Every profile that a service names, sorted. */
export function profilesOf({ services }: StackModel): readonly string[] {
  const names = Object.values(services).flatMap(({ profiles }) => profiles ?? []);
  return [...new Set(names)].sort();
}

/**
 * The model without the services of which no profile is active.
 *
 * Other sections stay whole. A service that depends on one that is left out is an error, unless
 * it does not require it.
 * @source compose-spec 15-profiles.md
 */
export function selectProfiles(
  model: StackModel,
  choice: ProfileChoice,
  report: MergedReport,
): StackModel {
  const known = profilesOf(model);
  if (known.length === 0) return model;
  const active = new Set(choice.active);
  const takesPart = ({ profiles = [] }: ServiceModel): boolean =>
    profiles.length === 0 || active.has('*') || profiles.some((one) => active.has(one));
  const services = emptyRecord<ServiceModel>();
  for (const [name, service] of Object.entries(model.services)) {
    if (takesPart(service)) services[name] = service;
  }
  const selected = { ...model, services };
  for (const name of Object.keys(services)) {
    services[name] = checkDependencies(name, { model, selected, report });
  }
  return selected;
}

/** A profile of a flag that no service has is most likely misspelt. */
export function reportUnknownProfiles(
  model: StackModel,
  { active, isExplicit }: ProfileChoice,
  report: Report,
): void {
  const known = profilesOf(model);
  for (const name of isExplicit ? active : []) {
    if (name === '*' || known.includes(name)) continue;
    const closest = didYouMean(name, known);
    const list = known.length === 0 ? 'no service has profiles' : `there are ${known.join(', ')}`;
    report({
      code: 'unknown-profile',
      severity: 'warning',
      message: `no service has the profile "${name}"`,
      hint: closest === undefined ? list : `did you mean "${closest}"?`,
    });
  }
}

interface Selection {
  readonly model: StackModel;
  readonly selected: StackModel;
  readonly report: MergedReport;
}

function checkDependencies(name: string, { model, selected, report }: Selection): ServiceModel {
  const service = selected.services[name] ?? {};
  const leftOut = dependenciesOf(service.depends_on).filter(
    ({ on }) => Object.hasOwn(model.services, on) && !Object.hasOwn(selected.services, on),
  );
  if (leftOut.length === 0) return service;
  for (const { on, step, isRequired } of leftOut) {
    if (!isRequired) continue;
    const { profiles = [] } = model.services[on] ?? {};
    report(['services', name, 'depends_on', step], {
      code: 'dependency-left-out',
      severity: 'error',
      message: `service ${name} depends on "${on}", of which no profile (${profiles.join(', ')}) is active`,
      hint: `give --profile ${profiles[0]}, or write "required: false" in the long form of depends_on`,
    });
  }
  const dropped = new Set(leftOut.map(({ on }) => on));
  const rest = Object.entries(service.depends_on ?? {}).filter(([key]) => !dropped.has(key));
  return { ...service, depends_on: Object.fromEntries(rest) };
}
