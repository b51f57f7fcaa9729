import type { Context } from './context.ts';
import { findConnection } from './open-engine.ts';

/**
 * The user's own default format from docker's `config.json`; undefined when there is none.
 * @source spec/stack-file.md section 2.1
 */
export function defaultFormat(
  { globals, env, readFile }: Context,
  key: 'servicesFormat' | 'tasksFormat',
): string | undefined {
  const format = findConnection(globals, env, readFile).config[key];
  return format === '' ? undefined : format;
}
