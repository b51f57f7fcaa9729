import { UsageError } from '../../base/errors.ts';
import type { Environment } from '../context.ts';
import type { GlobalValues } from '../global-options.ts';

/** Name of the cluster that `--embedded` without a value means. */
export const DEFAULT_EMBEDDED = 'default';

/**
 * The embedded cluster that flags and environment name; undefined when they mean an engine.
 *
 * `--embedded` beats everything of the environment, `-H` and `--context` beat TSTACK_CLUSTER, and
 * TSTACK_CLUSTER beats docker's own variables.
 * @throws UsageError two clusters are named by flags, or TSTACK_CLUSTER is none
 * @source design.md section 3
 */
export function chooseEmbedded(globals: GlobalValues, env: Environment): string | undefined {
  const { embedded, host, context } = globals;
  const namesEngine = host.length > 0 || context !== undefined;
  if (embedded !== undefined) {
    if (!namesEngine) return embedded;
    throw new UsageError(
      'conflicting options: --embedded and -H or --context name two clusters',
      'Drop one of them.',
    );
  }
  const text = env['TSTACK_CLUSTER'] ?? '';
  if (text === '' || namesEngine) return undefined;
  const match = /^embedded(?::(.+))?$/.exec(text);
  if (match) return match[1] ?? DEFAULT_EMBEDDED;
  throw new UsageError(
    `invalid TSTACK_CLUSTER: ${JSON.stringify(text)}`,
    'Say embedded or embedded:NAME; unset it to use the docker engine.',
  );
}
