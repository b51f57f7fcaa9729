import { defineCommand } from '../define-command.ts';
import { HISTORY_OPTION, lockFor } from '../release.ts';
import { ROLLOUT_OPTIONS, runRollout, waitingOf } from '../run-rollout.ts';

export const restart = defineCommand({
  name: 'restart',
  summary: 'Replace all tasks of services as their update_config says, and wait for them',
  description:
    'As `docker service update --force`. Exit codes as for deploy; 4: refused, nothing written.',
  arguments: { services: { placeholder: 'SERVICE', count: 'some' } },
  options: { ...ROLLOUT_OPTIONS, history: HISTORY_OPTION },
  examples: [{ command: 'tstack restart shop_web', text: 'One after another, or as declared' }],
  async run(flags, context) {
    const [{ changeServices }, { withForcedUpdate }] = await Promise.all([
      import('../../rollout/change-services.ts'),
      import('../../rollout/scale-service.ts'),
    ]);
    const names = [...new Set(flags.services)];
    const changes = names.map((service) => ({ service, change: withForcedUpdate }));
    const locked = lockFor(context, 'restart', flags.history);
    const how = { ...waitingOf(flags, context), locked };
    return runRollout(context, flags, (ports) => changeServices(changes, how, ports));
  },
});
