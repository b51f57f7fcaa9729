import type { Context } from './context.ts';

/**
 * The user's own default format from docker's `config.json`; undefined when there is none.
 * @source spec/stack-file.md section 2.1
 */
export function defaultFormat(
  context: Context,
  key: 'servicesFormat' | 'tasksFormat',
): string | undefined {
  const { env, readFile } = context;
  const file = readFile(`${env['DOCKER_CONFIG'] ?? `${env['HOME']}/.docker`}/config.json`);
  if (file.kind === 'error') return undefined;
  const config = JSON.parse(new TextDecoder().decode(file.bytes)) as Partial<
    Record<string, unknown>
  >;
  const format = config[key];
  return typeof format === 'string' && format !== '' ? format : undefined;
}
