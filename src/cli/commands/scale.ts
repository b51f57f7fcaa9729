import { UsageError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { HISTORY_OPTION, lockFor } from '../release.ts';
import { ROLLOUT_OPTIONS, runRollout, waitingOf } from '../run-rollout.ts';

export const scale = defineCommand({
  name: 'scale',
  summary: 'Set how many tasks services have, and wait for them',
  description:
    'The stack file does not change: the next deploy sets the number back to what it says. Exit codes ' +
    'as for deploy; 4: refused, nothing written.',
  arguments: { services: { placeholder: 'SERVICE=TASKS', count: 'some' } },
  options: { ...ROLLOUT_OPTIONS, history: HISTORY_OPTION },
  examples: [
    { command: 'tstack scale shop_web=5', text: 'Five tasks; returns when they run' },
    { command: 'tstack scale shop_web=5 shop_worker=2', text: 'Two services of one stack at once' },
  ],
  async run(flags, context) {
    const wanted = parseScales(flags.services);
    const [{ changeServices }, { withReplicas }] = await Promise.all([
      import('../../rollout/change-services.ts'),
      import('../../rollout/scale-service.ts'),
    ]);
    const changes = wanted.map(({ service, count }) => ({
      service,
      change: (spec: Parameters<typeof withReplicas>[0]) => withReplicas(spec, count),
    }));
    const locked = lockFor(context, 'scale', flags.history);
    const how = { ...waitingOf(flags, context), locked };
    return runRollout(context, flags, (ports) => changeServices(changes, how, ports));
  },
});

/** The API's Replicas is unsigned and of 64 bits; SwarmKit gives every task a slot of its own. */
const MOST_TASKS = 1_000_000;

function parseScales(
  given: readonly string[],
): readonly { readonly service: string; readonly count: number }[] {
  const wrong: string[] = [];
  const scales = given.map((one) => {
    const at = one.lastIndexOf('=');
    const [service, digits] = [one.slice(0, Math.max(at, 0)), one.slice(at + 1)];
    const count = /^\d{1,9}$/.test(digits) ? Number(digits) : Infinity;
    if (service === '' || count > MOST_TASKS) wrong.push(one);
    return { service, count };
  });
  const names = scales.map((one) => one.service);
  const twice = new Set(names.filter((name, at) => name !== '' && names.indexOf(name) < at));
  const messages = [
    ...wrong.map(
      (one) => `invalid scale '${one}': expected SERVICE=TASKS, a number of at most ${MOST_TASKS}`,
    ),
    ...[...twice].map((name) => `service ${name} is named twice`),
  ];
  if (messages.length > 0)
    throw new UsageError(messages.join('\n'), 'Example: tstack scale shop_web=5');
  return scales;
}
