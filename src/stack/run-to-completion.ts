import { dependenciesOf } from './dependencies.ts';
import type { DeployModel } from './keys/deploy.ts';
import type { ServiceModel, StackModel } from './model.ts';
import type { MergedReport } from './rules/rule.ts';

/**
 * The model in which services that others wait to complete are jobs, unless `deploy` says otherwise.
 *
 * A Swarm replaces the tasks of a service that has ended; a job it runs to completion, at each deploy,
 * as docker compose starts such a service at each `up`, and not again when it fails. What would never complete is an error.
 * @source compose-spec 05-services.md (service_completed_successfully); D-0301
 */
export function runToCompletion(model: StackModel, report: MergedReport): StackModel {
  if (model.format === 'docker') return model;
  const services: Record<string, ServiceModel> = { ...model.services };
  for (const [name, service] of Object.entries(model.services)) {
    for (const { on, step, condition } of dependenciesOf(service.depends_on)) {
      const needed = Object.hasOwn(services, on) ? services[on] : undefined;
      if (condition !== 'service_completed_successfully' || !needed) continue;
      const path = ['services', name, 'depends_on', step];
      if (isEndless(needed)) {
        report(path, {
          code: 'dependency-never-completes',
          severity: 'error',
          message: `service ${name} waits until ${on} has completed, but ${on} is always started again`,
          hint: `give ${on} deploy: {mode: replicated-job}, or restart: on-failure`,
        });
      } else if (needed.deploy?.mode === undefined) {
        services[on] = { ...needed, deploy: toJob(needed) };
        report(path, {
          code: 'dependency-runs-as-job',
          severity: 'note',
          message: `service ${on} is deployed as a job, since ${name} waits until it has completed; it runs at every deploy`,
          hint: `say so with deploy: {mode: replicated-job} in ${on}`,
        });
      }
    }
  }
  return { ...model, services };
}

/** One failure is the end of it, as with docker compose, unless the file says otherwise. */
function toJob({ deploy, restart }: ServiceModel): DeployModel {
  const isSaid = deploy?.restart_policy?.condition !== undefined || (restart ?? '') !== '';
  const restart_policy = isSaid ? deploy?.restart_policy : { condition: 'none' };
  return { ...deploy, mode: 'replicated-job', ...(restart_policy && { restart_policy }) };
}

/** Whether tasks that end are started again: said so, or a mode was chosen and nothing else said. */
function isEndless({ deploy, restart }: ServiceModel): boolean {
  const condition = deploy?.restart_policy?.condition ?? restart ?? '';
  if (['any', 'always', 'unless-stopped'].includes(condition)) return true;
  return condition === '' && ['replicated', 'global'].includes(deploy?.mode ?? '');
}
