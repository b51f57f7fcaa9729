import { UsageError } from '../base/errors.ts';
import { flagName, type OptionValues } from './option.ts';
import { STACK_FILE_OPTIONS } from './stack-files.ts';

/** The flags of `config`. */
export const CONFIG_OPTIONS = {
  ...STACK_FILE_OPTIONS,
  projectName: {
    kind: 'string',
    short: 'p',
    placeholder: 'NAME',
    help: 'Name of the project, as COMPOSE_PROJECT_NAME and "name"; with deploy and plan that is STACK',
    complete: 'none',
  },
  skipInterpolation: { kind: 'boolean', default: false, help: 'Leave every $ as it is' },
  noInterpolate: {
    kind: 'boolean',
    default: false,
    hidden: true,
    help: 'The name of --skip-interpolation in docker compose',
  },
  escapeDollars: {
    kind: 'boolean',
    default: false,
    help: 'Print $ as $$, so that the output can be read again; always so with compose-spec files',
  },
  resolveImageDigests: {
    kind: 'boolean',
    default: false,
    help: 'Ask the registries, through the engine, and pin every image to its digest',
  },
  quiet: { kind: 'boolean', short: 'q', default: false, help: 'Only check; print no result' },
  services: { kind: 'boolean', default: false, help: 'Print the names of the services' },
  images: { kind: 'boolean', default: false, help: 'Print the images' },
  volumes: { kind: 'boolean', default: false, help: 'Print the names of the volumes' },
  networks: { kind: 'boolean', default: false, help: 'Print the names of the networks' },
  profiles: { kind: 'boolean', default: false, help: 'Print the names of all profiles' },
  hash: {
    kind: 'string',
    placeholder: 'SERVICES',
    help: 'Print a hash of each of these services (comma-separated, "*" is all)',
    complete: 'none',
  },
  variables: { kind: 'boolean', default: false, help: 'Print the variables the files name' },
  environment: {
    kind: 'boolean',
    default: false,
    help: 'Print the variables the files name with their values; secret-looking ones are hidden',
  },
  explainEnv: {
    kind: 'boolean',
    default: false,
    help: 'Print which file and line each variable comes from; no values',
  },
  format: { kind: 'choice', choices: ['yaml', 'json'], default: 'yaml', help: 'How to print it' },
} as const;

/** Values of `CONFIG_OPTIONS`. */
export type ConfigFlags = OptionValues<typeof CONFIG_OPTIONS>;

/** What can be printed instead of the whole. */
export const VIEWS = [
  'services',
  'images',
  'volumes',
  'networks',
  'profiles',
  'hash',
  'variables',
  'environment',
  'explainEnv',
] as const;

export type ViewName = (typeof VIEWS)[number];

/**
 * The one view that the flags ask for; undefined for the whole.
 * @throws UsageError for two of them
 */
export function viewOf(flags: ConfigFlags): ViewName | undefined {
  const asked = VIEWS.filter((view) => flags[view] !== false && flags[view] !== undefined);
  if (asked.length > 1) {
    const names = asked.map((view) => `--${flagName(view)}`).join(' and ');
    throw new UsageError(`${names} cannot be used together`, 'Run the command once for each.');
  }
  return asked[0];
}
