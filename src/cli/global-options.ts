import type { OptionTable, OptionValues } from './option.ts';

/** Flags of every command, before or after its name. */
export const GLOBAL_OPTIONS = {
  host: {
    kind: 'list',
    short: 'H',
    placeholder: 'URL',
    help: 'Engine to talk to (unix://, tcp://, ssh://); beats DOCKER_HOST',
    complete: 'none',
    once: 'specify only one -H',
  },
  context: {
    kind: 'string',
    placeholder: 'NAME',
    help: 'Docker context to use; beats DOCKER_HOST and DOCKER_CONTEXT',
    complete: 'none',
  },
  embedded: {
    kind: 'string',
    bare: 'default',
    placeholder: 'NAME',
    help: 'Use the embedded cluster of this machine, and start it if need be; also TSTACK_CLUSTER=embedded[:NAME]',
    complete: 'none',
  },
  tls: { kind: 'boolean', help: 'Use TLS; implied by --tlsverify' },
  tlsverify: { kind: 'boolean', help: 'Use TLS and verify the engine' },
  tlscacert: {
    kind: 'string',
    placeholder: 'FILE',
    help: 'Trust certificates signed by this CA',
    complete: 'file',
  },
  tlscert: {
    kind: 'string',
    placeholder: 'FILE',
    help: 'TLS certificate of the client',
    complete: 'file',
  },
  tlskey: { kind: 'string', placeholder: 'FILE', help: 'TLS key of the client', complete: 'file' },
  config: {
    kind: 'string',
    placeholder: 'DIR',
    help: "Directory of docker's config.json; beats DOCKER_CONFIG",
    complete: 'file',
  },
  compat: {
    kind: 'choice',
    choices: ['none', 'docker'],
    default: 'none',
    help: 'Behave exactly like the docker command, its known defects included',
  },
  color: {
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    help: 'When to use colour; NO_COLOR and CLICOLOR_FORCE are honoured',
  },
  ci: {
    kind: 'choice',
    choices: ['auto', 'github', 'gitlab', 'off'],
    default: 'auto',
    help: 'Annotations and summaries for a build service; auto looks at GITHUB_ACTIONS and GITLAB_CI',
  },
  debug: {
    kind: 'boolean',
    short: 'D',
    default: false,
    help: 'Print causes and stack traces of errors',
  },
  logLevel: {
    kind: 'string',
    short: 'l',
    placeholder: 'LEVEL',
    help: 'Accepted for docker; no effect',
    hidden: true,
  },
  orchestrator: {
    kind: 'string',
    placeholder: 'NAME',
    help: 'Accepted for docker; no effect',
    hidden: true,
    deprecated: 'Flag --orchestrator has been deprecated, option will be ignored',
  },
  help: { kind: 'boolean', short: 'h', default: false, help: 'Print help' },
} as const satisfies OptionTable;

/** Values of the flags every command has. */
export type GlobalValues = OptionValues<typeof GLOBAL_OPTIONS>;
