import { explanations, type Explanations } from './explanation.ts';

/** Codes of the embedded cluster, and of predictions. */
export const CLUSTER_CODES: Explanations = explanations({
  'no-service-selected': [
    'Every service of the files has a profile, and none of these is active.',
    'tstack deploy -c compose.yml web (all services with profiles: [dev])',
    'Name profiles with --profile or COMPOSE_PROFILES, or take them off the services.',
  ],
  'change-refused': [
    'A service cannot be scaled or restarted as asked.',
    'tstack scale of a global service',
    'Read the reason.',
  ],
  'partly-changed': [
    'Some of several services were changed, then one failed.',
    'tstack restart of two services',
    'Run the command again for those that are named.',
  ],
  'several-stacks': [
    'The services named are of several stacks.',
    'tstack scale a_web=2 b_web=2',
    'Name services of one stack.',
  ],
  unknown: [
    'The connection failed for a reason that has no code of its own.',
    'a proxy in between',
    'Read the message.',
  ],
  'invalid-rebalance': [
    'x-tstack.rebalance is none of its forms, or the service is not replicated.',
    'rebalance: 30s',
    'Write true, or {after: 30s}.',
  ],
  'unknown-tstack-key': [
    'A key of x-tstack is none of tstack.',
    'x-tstack: {rebalanse: true}',
    'Correct its spelling.',
  ],
  'invalid-live-replicas': [
    'x-tstack.replicas says something else than live, or stands in a service without a number of tasks.',
    'x-tstack: {replicas: 3}',
    'Write live, or put the number into deploy.replicas.',
  ],
  'replicas-live': [
    'A service keeps the number of tasks it has, although the file says another, since the number is live.',
    'x-tstack: {replicas: live}',
    'Remove the key to have the number of the file; tstack scale sets a live one.',
  ],
  'rebalance-no-effect': [
    'A Swarm moves no running tasks, so x-tstack.rebalance does nothing there.',
    'rebalance: true on a Swarm',
    'Run docker service update --force, or leave it.',
  ],
  'runtime-unusable': [
    'The runtime of the embedded cluster does not work here.',
    'an engine that does not answer',
    'Read the reason, or choose another runtime.',
  ],
  'label-not-found': [
    'A label that is to be removed is not there.',
    'tstack node update --label-rm gone',
    'Check its name: tstack node inspect.',
  ],
  'no-node': [
    'There is no node of that name.',
    'tstack node drain gone',
    'Check the name: tstack node ls.',
  ],
  'no-nodes': [
    'The cluster has no nodes to simulate.',
    'an empty cluster',
    'Give --nodes, or a scenario.',
  ],
  'report-not-written': [
    'The report of a simulation cannot be written.',
    'a directory without write access',
    'Name another file.',
  ],
  'cluster-running': [
    'The cluster runs, and what was asked needs it stopped or not there.',
    'tstack cluster run twice',
    'Stop it first: tstack cluster stop.',
  ],
  'cluster-not-running': [
    'The embedded cluster is not running.',
    '--embedded without a cluster',
    'Start it: tstack cluster start.',
  ],
  'cluster-not-started': [
    'The daemon of the cluster did not become ready in time.',
    'a machine under load',
    'Read its log, then start it again.',
  ],
  'cluster-crashed': [
    'The daemon of the cluster ended while it started.',
    'a broken state directory',
    'Read its log; tstack cluster run shows it.',
  ],
  'cluster-stop-timeout': [
    'The daemon of the cluster did not end in time.',
    'tasks that do not stop',
    'Wait, or read its log.',
  ],
  'not-embedded': [
    'What was asked is done by embedded clusters only.',
    'tstack cluster ca against Docker',
    'Name an embedded cluster with --embedded.',
  ],
  'engine-missing': [
    'The container runtime needs a Docker or Podman engine on this machine, and none was found.',
    'tstack cluster start --runtime container, without an engine',
    'Start one, name its socket with --engine unix:///path, or use --runtime process.',
  ],
  'node-exists': [
    'A logical node of that name is there already.',
    'tstack node add worker-1 twice',
    'Choose another name.',
  ],
  'node-name-invalid': [
    'A logical node has a name that is not allowed.',
    'tstack node add "a b"',
    'Use letters, digits and hyphens.',
  ],
  'socket-path-too-long': [
    'The path of the socket is longer than the system takes.',
    'a deep XDG_RUNTIME_DIR',
    'Use a shorter directory.',
  ],
  'socket-not-private': [
    'The socket belongs to somebody else, or others may open it.',
    'a socket of another user',
    'Stop that daemon, or use a directory of your own.',
  ],
  'directory-not-made': [
    'A directory cannot be made.',
    'a full disk',
    'Check the path and its rights.',
  ],
  'directory-not-private': [
    'Others may write to a directory that holds state or keys.',
    'a state directory with mode 0777',
    'Run chmod 700 on it.',
  ],
  'prediction-unavailable': [
    'The plan could not be predicted; it can be carried out all the same.',
    'nodes that cannot be listed',
    'Read the reason; --no-predict leaves predictions out.',
  ],
  'plan-moved': [
    'The cluster, or a secret, is not as it was when the plan was made.',
    'a deploy by somebody else since',
    'Plan again, and look at what has changed.',
  ],
  'plan-holds-secret': [
    'The content of a secret also stands in a variable, label, command or config.',
    'PASSWORD: hunter2 beside a secret of that content',
    'Keep it in the secret alone.',
  ],
  'plan-file-invalid': [
    'The file is no plan of this stack that this tstack can read.',
    'a compose file given to --plan',
    'Make one: tstack plan -c FILE --out PLAN STACK.',
  ],
  'plan-file-unreadable': ['The plan file cannot be read.', 'a misspelt path', 'Correct the path.'],
  'plan-file-unwritable': [
    'The plan file cannot be written.',
    'a directory that is not there',
    'Choose another path for --out.',
  ],
  'no-suitable-node': [
    'No node can take a single task of a service, as things are.',
    'a constraint that no node meets',
    'Read what each node lacks; --force deploys all the same, and the tasks wait.',
  ],
  'port-in-use': [
    'Another service publishes the port already.',
    'two stacks with 80:80',
    'Publish another port, or remove the other service.',
  ],
  'subnet-overlap': [
    'The address space of a new network overlaps that of another.',
    '10.0.0.0/16 while ingress has 10.0.0.0/24',
    'Choose another subnet, or leave ipam out.',
  ],
  'image-not-found': [
    'The registry does not have the image, or not for you.',
    'a misspelt tag',
    'Correct the name, push the image, or log in and use --with-registry-auth.',
  ],
  'quorum-at-risk': [
    'Managers cannot be reached; with too few the cluster takes no changes.',
    '1 of 3 managers down',
    'Bring them back before you deploy.',
  ],
  'node-not-ready': [
    'Nodes take no tasks now.',
    'a node that is down',
    'See tstack node ls; bring them back.',
  ],
  'update-stuck': [
    'An update will not go on by itself.',
    'start-first on a full cluster',
    'Make room, or use stop-first.',
  ],
  'tasks-pending': [
    'Tasks will find no node.',
    'a reservation larger than any node',
    'Read which nodes were refused and why.',
  ],
});

/** Codes of sets of files by the Compose Specification. */
export const FILE_SET_CODES: Explanations = explanations({
  'extends-unknown-service': [
    'extends names a service that is not there.',
    'extends: {service: gone}',
    'Correct its name, or the file.',
  ],
  'extends-cycle': [
    'Services extend each other in a circle.',
    'a extends b, b extends a',
    'Break the circle.',
  ],
  'extends-too-long': [
    'A chain of extends is longer than anybody means.',
    'hundreds of services in a row',
    'Shorten it.',
  ],
  'include-cycle': [
    'Files include each other in a circle.',
    'a.yml includes b.yml, which includes a.yml',
    'Break the circle.',
  ],
  'include-conflict': [
    'An included file declares what another one declares too.',
    'two files with a service web',
    'Rename one, or override it in a file beside the include.',
  ],
  'include-too-deep': [
    'Files include others deeper than anybody means.',
    'dozens of files in a chain',
    'Shorten the chain.',
  ],
  'too-many-files': [
    'More files are taken in than anybody means.',
    'hundreds of includes',
    'Include fewer.',
  ],
  'merge-tag-ignored': [
    'A !reset or !override has nothing to act on.',
    '!reset in the only file',
    'Remove the tag.',
  ],
  'merge-tag-in-list': [
    '!reset or !override stands at an item of a list.',
    'ports: [!reset "80:80"]',
    'Put the tag before the whole list.',
  ],
  'unknown-profile': [
    'A profile that was asked for is none of any service.',
    '--profile debgu',
    'Correct its name.',
  ],
  'dependency-left-out': [
    'A service needs one that its profile leaves out.',
    'depends_on a service of an inactive profile',
    'Activate the profile, or write required: false.',
  ],
  'invalid-project-name': [
    'The name of the project has characters that are not allowed.',
    'name: My Shop',
    'Use lower-case letters, digits, hyphens and underscores.',
  ],
  'name-not-used': [
    'The name of the file is not that of the stack.',
    'name: shop, deployed as web',
    'Nothing; the command line decides.',
  ],
  'several-data-sources': [
    'A secret or config says several times, or nowhere, what it holds.',
    '{file: ./a, content: b}',
    'Write one of file, environment and content.',
  ],
  'variables-too-long': [
    'Variables grow a value beyond bound.',
    'variables that name each other',
    'Write the value out.',
  ],
  'env-file-format-unknown': [
    'The format of an env file is none of its words.',
    'format: json',
    'Write raw, or leave it out.',
  ],
  'object-variable-unset': [
    'The variable with the data of a secret or config is not set.',
    'secrets: {a: {environment: GONE}}',
    'Set it in the shell that deploys.',
  ],
});
