import type { Argument } from '../define-command.ts';
import type { OptionTable } from '../option.ts';

/** The cluster that a command is about. */
export const CLUSTER_ARGUMENT = {
  placeholder: 'NAME',
  count: 'optional',
  complete: 'none',
} as const satisfies Argument;

/** How a daemon is started; runtime and address are kept for later starts. */
export const DAEMON_OPTIONS = {
  nodes: {
    kind: 'string',
    placeholder: 'COUNT',
    default: '1m',
    help: 'Logical nodes of a new cluster, managers and workers: 1m, 1m+3w, 3m+2w',
    complete: 'none',
  },
  runtime: {
    kind: 'choice',
    choices: ['process', 'container', 'simulated'],
    help: 'What runs tasks: processes of this machine (no sandbox), a Docker or Podman engine, or nothing',
  },
  images: {
    kind: 'string',
    placeholder: 'LIST',
    help: 'Images that the process runtime has, others are "No such image": busybox,shop/*; "any" is the default',
    complete: 'none',
  },
  engine: {
    kind: 'string',
    placeholder: 'SOCKET',
    help: 'Docker or Podman engine of the container runtime: unix:///path; "auto", the default, looks for one',
    complete: 'none',
  },
  listen: {
    kind: 'string',
    placeholder: 'ADDRESS',
    help: 'Also serve tcp://HOST:PORT, to clients with a certificate of "tstack cluster ca issue"; "none" ends it',
    complete: 'none',
  },
  verbosity: {
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    help: 'What the daemon logs',
  },
} as const satisfies OptionTable;
