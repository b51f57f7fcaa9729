import type { ServiceSpec } from '../../swarm/service.ts';
import type { Path } from '../report.ts';
import { eachService } from './rule.ts';

interface Word {
  readonly path: Path;
  readonly value: string | undefined;
  readonly known: readonly string[];
  /** The engine's text. */
  readonly refusal: (value: string) => string;
}

const ACTIONS = ['pause', 'continue'];

function wordsOf({ EndpointSpec, TaskTemplate, ...spec }: ServiceSpec): readonly Word[] {
  return [
    {
      path: ['deploy', 'endpoint_mode'],
      value: EndpointSpec?.Mode,
      known: ['vip', 'dnsrr'],
      refusal: (value) => `invalid resolution mode: "${value}"`,
    },
    {
      path: ['deploy', 'restart_policy', 'condition'],
      value: TaskTemplate.RestartPolicy?.Condition,
      known: ['none', 'on-failure', 'any'],
      refusal: (value) => `invalid RestartCondition: "${value}"`,
    },
    {
      path: ['deploy', 'update_config', 'failure_action'],
      value: spec.UpdateConfig?.FailureAction,
      known: [...ACTIONS, 'rollback'],
      refusal: (value) => `unrecognized update failure action ${value}`,
    },
    {
      path: ['deploy', 'rollback_config', 'failure_action'],
      value: spec.RollbackConfig?.FailureAction,
      known: ACTIONS,
      refusal: (value) => `unrecognized update failure action ${value}`,
    },
  ];
}

/** Words that are free for docker's client are known to the engine. @source spec 9.1, 9.2, 9.4 */
export const knownWords = eachService((service) =>
  wordsOf(service).flatMap(({ path, value, known, refusal }) => {
    if (value === undefined || known.includes(value)) return [];
    const hint = `use ${known.join(', ')}`;
    return { path, code: 'unknown-word', reason: refusal(value), hint };
  }),
);
