import { explanations, type Explanations } from './explanation.ts';

/** Codes of the cluster, of plans and of the command itself. */
export const ENGINE_CODES: Explanations = explanations({
  usage: [
    'The command line is wrong.',
    'tstack deploy without a stack',
    'Run the command with --help.',
  ],
  bug: ['tstack itself failed.', 'a stack trace', 'Report it with the lines that were printed.'],
  cancelled: [
    'The command was interrupted.',
    'Ctrl-C',
    'Run it again; it goes on from the state of the cluster.',
  ],
  preflight: [
    'The plan cannot be carried out, and nothing was written.',
    'a name that is taken',
    'Read what the plan refuses.',
  ],
  'bad-template': [
    'A --format template names something that is not there.',
    "--format '{{.Nam}}'",
    'Correct the name; the hint lists those there are.',
  ],
  'too-slow': [
    'Completion gave up on a cluster that answers slowly.',
    'Tab with a far-away manager',
    'Press Tab again.',
  ],
  'invalid-stack-name': [
    'A stack name has characters that are not allowed.',
    'tstack deploy "my stack"',
    'Use letters, digits, underscores and hyphens.',
  ],
  'invalid-scenario': [
    'A scenario file has an error.',
    'nodes: 3',
    'Correct what is named; tstack simulate --help shows the format.',
  ],
  'scenario-does-not-fit': [
    'A scenario names a service or node that is not there.',
    'expect: {min_available: {web: 1}} without web',
    'Correct the scenario.',
  ],
  'invalid-host': [
    'The address of the engine cannot be read.',
    'DOCKER_HOST=localhost',
    'Write unix:///path, tcp://host:port or ssh://user@host.',
  ],
  'engine-not-found': [
    'Nothing listens at the socket.',
    'no engine runs',
    'Start the engine, or name another with --host.',
  ],
  'engine-permission-denied': [
    'The socket may not be opened.',
    'a user outside the group docker',
    'Join the group, or use another account.',
  ],
  'engine-refused': [
    'The engine takes no connections at that port.',
    'tcp://host:2375',
    'Check the address.',
  ],
  'engine-unknown-host': [
    "The name of the engine's machine is unknown.",
    'ssh://nope',
    'Check the name.',
  ],
  'engine-timeout': [
    'The engine did not answer in time.',
    'a machine that is down',
    'Check the machine and the network.',
  ],
  'engine-tls': [
    'One side speaks TLS, the other does not.',
    '--tls against port 2375',
    'Use the TLS port, or leave TLS off.',
  ],
  'engine-not-http': [
    'Something answers at the address, and it is not HTTP.',
    'the port of another program; over ssh, a login shell that prints a greeting',
    'Check the address and the port; with ssh, that the far login runs commands and prints nothing of its own.',
  ],
  'engine-ssh': [
    'The connection over ssh failed.',
    'ssh://host without a key',
    'Try ssh host docker version.',
  ],
  ssh: [
    'The connection over ssh failed.',
    'ssh://host without a key',
    'Try ssh host docker version.',
  ],
  'engine-connection-lost': [
    'The connection broke in the middle of an answer.',
    'an engine that restarts',
    'Run the command again.',
  ],
  garbled: [
    'The answer is not that of an engine.',
    'a proxy that answers in its place',
    'Check the address.',
  ],
  'engine-too-old': ['The engine is older than API 1.41.', 'Docker 19.03', 'Update it.'],
  'engine-too-new': [
    'The engine no longer speaks an API that tstack knows.',
    'DOCKER_API_VERSION=1.30',
    'Update tstack, or unset DOCKER_API_VERSION.',
  ],
  'engine-warning': [
    'The engine took a request and said something about it.',
    'an image that could not be pinned',
    'Read what it says.',
  ],
  'engine-invalid-argument': [
    'The engine refused a request as wrong.',
    'a value it does not take',
    'Read its message.',
  ],
  'engine-forbidden': [
    'The engine does not allow a request.',
    'removing a predefined network',
    'Read its message.',
  ],
  'engine-conflict': [
    'The engine has something of that name or state.',
    'a network in use',
    'Read its message.',
  ],
  'engine-not-modified': [
    'The engine had nothing to change.',
    'stopping what is stopped',
    'Nothing.',
  ],
  'engine-unavailable': [
    'The engine cannot answer now.',
    'an engine that starts',
    'Run the command again.',
  ],
  'engine-not-implemented': [
    'The engine does not know a request.',
    'a very old engine',
    'Update it.',
  ],
  'engine-internal': ['The engine failed.', 'a full disk', 'Read its message, and its log.'],
  'registry-credentials': [
    'Credentials of a registry cannot be had.',
    'a credential helper that is not installed',
    'Log in again, or install the helper.',
  ],
  'swarm-inactive': [
    'The engine is not part of a Swarm.',
    'a fresh engine',
    'Run docker swarm init.',
  ],
  'swarm-locked': ['The manager is locked.', 'a restart with autolock', 'Run docker swarm unlock.'],
  'swarm-certificates-expired': [
    'The certificates of the node have expired.',
    'a node that was off for months',
    'Let it join again.',
  ],
  'not-a-manager': ['The engine is a worker.', 'DOCKER_HOST names a worker', 'Name a manager.'],
  'log-cut': [
    'The engine could not read all of a log, or the stream of a log broke: a node that does not answer, a lost connection.',
    'tstack logs --follow shop',
    'Bring the node back, or read again with --since.',
  ],
  'no-quorum': [
    'Most managers are away, so nothing can be written.',
    'two of three managers down',
    'Bring them back.',
  ],
  'update-out-of-sequence': [
    'Somebody else changed the object in between.',
    'two deploys at once',
    'Run the command again.',
  ],
  'network-name-taken': [
    'A network of that name is not one of this stack.',
    'name: web, made by hand',
    'Choose another name, or declare it external.',
  ],
  'network-fixed': [
    'A network cannot be changed once it is made.',
    'another subnet',
    'Give it a new name, or remove it and deploy again.',
  ],
  'external-network': [
    'An external network is missing, or cannot be used.',
    'external: true without the network',
    'Create it: docker network create --driver overlay NAME.',
  ],
  'service-name-taken': [
    'A service of that name is not one of this stack.',
    'a service made by hand',
    'Remove or rename it.',
  ],
  'service-mode-change': [
    'The mode of a service cannot be changed.',
    'from replicated to global',
    'Remove the service, then deploy.',
  ],
  'reference-not-found': [
    'A service names a secret, config or network that the cluster does not have.',
    'an external secret',
    'Create it first.',
  ],
  'image-not-resolved': [
    'No registry vouches for an image; nodes may run different ones.',
    'a registry that does not answer',
    'Check the name and the login; or --resolve-image never.',
  ],
  'field-too-new': [
    'The engine is older than a field of a service and drops it without a word.',
    'healthcheck.start_interval on an engine before Docker 25 (API 1.44)',
    'Update the engines of the managers, or remove the key.',
  ],
  'undeclared-service': [
    'The cluster has a service of the stack that is not in the files.',
    'a service that was removed from the file',
    'Deploy with --prune.',
  ],
  'nothing-found': [
    'The stack has nothing on the cluster.',
    'tstack rm gone',
    'Check the name: tstack ls.',
  ],
  'cluster-not-found': [
    'There is no embedded cluster of that name.',
    'tstack cluster export gone FILE',
    'Check the name: tstack cluster status.',
  ],
  'export-not-written': [
    'The export of a cluster cannot be written.',
    'a file that exists',
    'Name a new file.',
  ],
  'import-refused': [
    'A file is no export of a cluster, or does not fit.',
    'a broken file',
    'Use a file of tstack cluster export.',
  ],
});
