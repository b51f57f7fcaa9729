/*
 * A walk of the real docker command through a cluster of one node, as data: what is typed, and what
 * a person then sees. The same steps hold for a real Swarm and for the embedded cluster; where an
 * engine answers otherwise for a reason, the step names whom it is for.
 *
 * Placeholders: `{{host}}` the node's name, `{{image}}` an image, `{{dir}}` a folder with the files
 * below, and `{{name}}` what an earlier step kept under that name. In patterns, `ID` is an object's
 * id, `SHORT` its first twelve characters; a pattern has to fit somewhere in the output.
 */

/** One command and what is expected of it. */
export interface WalkStep {
  /** Words after `docker`, split at blanks; `'…'` keeps blanks. */
  readonly run: string;
  readonly stdin?: string;
  /** 0 unless told. */
  readonly exit?: number;
  /** All of standard output, without the last line break. */
  readonly out?: string;
  /** Patterns that standard output fits. */
  readonly like?: readonly string[];
  /** Patterns that standard error fits. */
  readonly err?: readonly string[];
  /** Tried again until it holds, for what takes a moment. */
  readonly eventually?: boolean;
  /** Keeps standard output under a name. */
  readonly keep?: string;
  /** Only there. */
  readonly only?: 'embedded' | 'swarm';
}

export const WALK_FILES: Readonly<Record<string, string>> = {
  'shop.yml': `version: "3.8"
services:
  web:
    image: {{image}}
    command: ["sleep", "1000"]
    stop_signal: SIGKILL
    environment: { VERSION: "\${VERSION:-1}" }
    configs: [settings]
    networks: [back]
    deploy: { replicas: 2, labels: { tier: front } }
  worker:
    image: {{image}}
    command: ["sleep", "1000"]
    stop_signal: SIGKILL
    networks: [back]
networks: { back: {} }
configs: { settings: { file: ./settings.txt } }
`,
  'settings.txt': 'colour=green\n',
};

const NOT_A_MANAGER = 'This node is not a swarm manager. Use "docker swarm init"';

const OUTSIDE: readonly WalkStep[] = [
  { run: "version --format '{{.Server.APIVersion}} {{.Server.MinAPIVersion}}'", out: '1.51 1.24' },
  { run: "info --format '{{.Swarm.LocalNodeState}}'", out: 'inactive' },
  { run: 'service ls', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'node ls', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'stack ls', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'secret ls', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'config ls', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'swarm join-token worker', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'swarm leave', exit: 1, err: ['This node is not part of a swarm'] },
  { run: 'network create -d overlay early', exit: 1, err: [NOT_A_MANAGER] },
  { run: 'swarm init --listen-addr !', exit: 1, err: ['.'] },
  { run: 'network ls --filter scope=swarm -q', out: '' },
];

const SWARM: readonly WalkStep[] = [
  {
    run: 'swarm init --advertise-addr 127.0.0.1',
    like: [
      String.raw`^Swarm initialized: current node \(ID\) is now a manager\.`,
      String.raw`docker swarm join --token SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25} 127\.0\.0\.1:2377`,
    ],
  },
  {
    run: 'swarm init --advertise-addr 127.0.0.1',
    exit: 1,
    err: ['This node is already part of a swarm'],
  },
  {
    run: "info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}'",
    out: 'active true',
  },
  { run: "info --format '{{.Swarm.Nodes}} {{.Swarm.Managers}}'", out: '1 1' },
  {
    run: 'swarm join-token -q worker',
    like: ['^SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}$'],
    keep: 'token',
  },
  {
    run: 'swarm join-token worker',
    like: ['To add a worker to this swarm, run the following command:', '{{token}}'],
  },
  { run: 'swarm join-token manager', like: ['To add a manager to this swarm'] },
  { run: 'swarm join-token --rotate -q worker', like: ['^SWMTKN-1-(?!{{token}})'] },
  { run: 'swarm update --task-history-limit 3', out: 'Swarm updated.' },
  {
    run: "info --format '{{.Swarm.Cluster.Spec.Orchestration.TaskHistoryRetentionLimit}}'",
    out: '3',
  },
  {
    run: 'swarm update --cert-expiry 10m',
    exit: 1,
    err: ['minimum certificate expiry time is: 1h0m0s'],
  },
  { run: 'swarm unlock-key', exit: 1, err: ['no unlock key is set'] },
  { run: 'swarm update --autolock', like: ['Swarm updated.', 'SWMKEY-1-[A-Za-z0-9+/]{43}'] },
  { run: 'swarm unlock-key -q', like: ['^SWMKEY-1-[A-Za-z0-9+/]{43}$'], keep: 'key' },
  { run: 'swarm unlock-key --rotate -q', like: ['^SWMKEY-1-(?!{{key}})'] },
  { run: 'swarm update --autolock=false', out: 'Swarm updated.' },
  { run: 'swarm ca', like: ['^-----BEGIN CERTIFICATE-----'] },
  {
    run: 'swarm leave',
    exit: 1,
    err: ['Removing the last manager erases all current state of the swarm'],
  },
];

const NODES: readonly WalkStep[] = [
  {
    run: "node ls --format '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}} {{.EngineVersion}}'",
    out: '{{host}} Ready Active Leader 28.5.2',
  },
  {
    run: 'node ls',
    like: [
      String.raw`HOSTNAME +STATUS +AVAILABILITY +MANAGER STATUS +ENGINE VERSION`,
      String.raw`ID \* +{{host}} +Ready +Active +Leader`,
    ],
  },
  { run: 'node ls -q', like: ['^ID$'], keep: 'node' },
  { run: "node inspect self --format '{{.Spec.Role}} {{.Status.State}}'", out: 'manager ready' },
  { run: 'node update --label-add zone=a --label-add disk=ssd {{node}}', out: '{{node}}' },
  {
    run: "node inspect {{host}} --format '{{.Spec.Labels.zone}} {{.Spec.Labels.disk}}'",
    out: 'a ssd',
  },
  { run: 'node update --label-rm disk {{host}}', out: '{{host}}' },
  { run: "node inspect self --format '{{json .Spec.Labels}}'", out: '{"zone":"a"}' },
  { run: 'node ls -q --filter node.label=zone=a', out: '{{node}}' },
  { run: 'node ls -q --filter node.label=zone=b', out: '' },
  { run: 'node ls -q --filter role=worker', out: '' },
  { run: 'node ls -q --filter nope=1', exit: 1, err: ["invalid filter 'nope'"] },
  { run: 'node update --availability pause {{node}}', out: '{{node}}' },
  { run: "node ls --format '{{.Availability}}'", out: 'Pause' },
  { run: 'node update --availability active {{node}}', out: '{{node}}' },
  {
    run: 'node demote {{node}}',
    exit: 1,
    err: ['attempting to demote the last manager of the swarm'],
  },
  { run: 'node promote {{node}}', err: [], like: ['is already a manager'] },
  {
    run: 'node rm {{node}}',
    exit: 1,
    err: ['is a cluster manager and is a member of the raft cluster'],
  },
  { run: 'node rm nope', exit: 1, err: ['node nope not found'] },
  { run: 'node inspect nope', exit: 1, out: '[]', err: ['node nope not found'] },
  { run: 'node ps self -q', out: '' },
  {
    run: 'node inspect --pretty self',
    like: ['Hostname:[ \t]+{{host}}', 'Availability:[ \t]+Active', 'Leader:[ \t]+Yes'],
  },
];

const blobSteps = (noun: 'secret' | 'config'): readonly WalkStep[] => [
  {
    run: `${noun} create --label owner=me w_${noun} -`,
    stdin: 'hello',
    like: ['^ID$'],
    keep: noun,
  },
  {
    run: `${noun} create w_${noun} -`,
    stdin: 'other',
    exit: 1,
    err: [`AlreadyExists desc = ${noun} w_${noun} already exists`],
  },
  {
    run: `${noun} create w_empty -`,
    stdin: '',
    exit: 1,
    err: ['error reading from STDIN: data is empty'],
  },
  { run: `${noun} create -- -x -`, stdin: 'x', exit: 1, err: ['invalid name, only 64'] },
  { run: `${noun} ls --format '{{.Name}} {{.ID}}'`, out: `w_${noun} {{${noun}}}` },
  { run: `${noun} ls -q --filter label=owner=me`, out: `{{${noun}}}` },
  { run: `${noun} ls -q --filter label=owner=you`, out: '' },
  {
    run: `${noun} inspect w_${noun} --format '{{.Spec.Name}} {{.Spec.Labels.owner}}'`,
    out: `w_${noun} me`,
  },
  {
    run: `${noun} inspect --pretty {{${noun}}}`,
    like: [`Name:[ \t]+w_${noun}`, ...(noun === 'config' ? ['hello'] : [])],
  },
  { run: `${noun} inspect nope`, exit: 1, out: '[]', err: [`${noun} nope not found`] },
  { run: `${noun} rm nope`, exit: 1, err: [`${noun} nope not found`] },
];

const NETWORKS: readonly WalkStep[] = [
  { run: 'network create -d overlay --attachable --label a=b w_net', like: ['^ID$'], keep: 'net' },
  {
    run: 'network create -d overlay w_net',
    exit: 1,
    err: ['network with name w_net already exists'],
  },
  {
    run: "network ls --filter driver=overlay --format '{{.Name}} {{.Scope}}'",
    like: ['^ingress swarm$', '^w_net swarm$'],
  },
  {
    run: "network inspect w_net --format '{{.Id}} {{.Scope}} {{.Driver}} {{.Attachable}}'",
    out: '{{net}} swarm overlay true',
  },
  {
    run: "network inspect w_net --format '{{(index .IPAM.Config 0).Subnet}}'",
    out: '10.0.1.0/24',
    eventually: true,
  },
  {
    run: 'network create -d overlay --subnet 10.44.0.0/24 --gateway 10.45.0.1 w_bad',
    exit: 1,
    err: ['.'],
  },
  { run: 'network create -d overlaaay w_bad', exit: 1, err: ['overlaaay'] },
  { run: 'network create -d overlay --subnet 10.44.0.0/24 w_net2', like: ['^ID$'] },
  { run: 'network rm w_net2', out: 'w_net2' },
  { run: 'network rm nope', exit: 1, err: ['network nope not found'] },
  {
    run: 'network rm bridge',
    exit: 1,
    err: ['bridge is a pre-defined network and cannot be removed'],
  },
  { run: 'network create w_local', like: ['^[0-9a-f]{64}$'] },
  { run: 'network rm w_local', out: 'w_local' },
  { run: 'volume create w_vol', out: 'w_vol' },
  { run: "volume ls --filter name=w_vol --format '{{.Driver}} {{.Name}}'", out: 'local w_vol' },
  { run: "volume inspect w_vol --format '{{.Scope}}'", out: 'local' },
  { run: 'volume rm w_vol', out: 'w_vol' },
  { run: 'volume rm w_vol', exit: 1, err: ['w_vol'] },
];

const create = 'service create --detach --no-resolve-image';

const SERVICES: readonly WalkStep[] = [
  {
    run: `${create} --name w_web --replicas 2 --network w_net --secret w_secret --config w_config -e A=1 -l tier=front -p 18080:80 --update-monitor 1s --rollback-monitor 1s --stop-signal SIGKILL {{image}} sh -c 'echo hello; sleep 1000'`,
    like: ['^ID$'],
    keep: 'web',
  },
  {
    run: `${create} --name w_web {{image}}`,
    exit: 1,
    err: ['name conflicts with an existing object: service w_web already exists'],
  },
  {
    run: `${create} --name w_bad --constraint node.role=manager {{image}}`,
    exit: 1,
    err: ['constraint expected one operator from ==, !='],
  },
  {
    run: `${create} --name w_bad --limit-memory 1k {{image}}`,
    exit: 1,
    err: ['invalid memory value 1024: Must be at least 4MiB'],
  },
  {
    run: `${create} --name w_bad -p 18080:81 {{image}}`,
    exit: 1,
    err: [String.raw`port '18080' is already in use by service 'w_web' \(ID\) as an ingress port`],
  },
  {
    run: `${create} --name w.bad {{image}}`,
    exit: 1,
    err: ['name must be valid as a DNS name component'],
  },
  {
    run: `${create} --name w_bad Bad/Image`,
    exit: 1,
    err: ['is not a valid repository/tag|must be lowercase'],
  },
  {
    run: `${create} --name w_bad --network nope {{image}}`,
    exit: 1,
    err: ['network nope not found'],
  },
  {
    run: `${create} --name w_bad --secret nope {{image}}`,
    exit: 1,
    err: ['secret not found: nope'],
  },
  {
    run: "service ls --format '{{.Name}} {{.Mode}} {{.Replicas}} {{.Ports}}'",
    out: 'w_web replicated 2/2 *:18080->80/tcp',
    eventually: true,
  },
  {
    run: "service ps w_web --format '{{.Name}} {{.Node}} {{.DesiredState}}'",
    like: ['^w_web.1 {{host}} Running$', '^w_web.2 {{host}} Running$'],
  },
  {
    run: "service inspect w_web --format '{{.ID}} {{json .Spec.TaskTemplate.ContainerSpec.Env}}'",
    out: '{{web}} ["A=1"]',
  },
  {
    run: "service inspect w_web --format '{{(index .Spec.TaskTemplate.ContainerSpec.Secrets 0).SecretID}}'",
    out: '{{secret}}',
  },
  {
    run: 'service inspect --pretty w_web',
    like: [
      'Name:\t+w_web',
      'Service Mode:\t+Replicated',
      ' Replicas:\t+2',
      'PublishedPort = 18080',
    ],
  },
  { run: "inspect w_web --format '{{.Spec.Name}}'", out: 'w_web' },
  { run: 'service logs --raw w_web', out: 'hello\nhello', eventually: true },
  { run: 'service logs w_web', like: ['^w_web.[12].SHORT@{{host}} +\\| hello$'] },
  { run: 'service logs --raw --tail 0 w_web', out: '' },
  { run: 'service logs nope', exit: 1, err: ['no such task or service: nope'] },
  { run: 'service scale -d w_web=3', out: 'w_web scaled to 3' },
  { run: "service ls --format '{{.Replicas}}'", out: '3/3', eventually: true },
  {
    run: 'service scale w_web=2',
    like: ['w_web scaled to 2', 'overall progress: 2 out of 2 tasks', 'Service w_web converged'],
  },
  { run: 'service scale nope=2', exit: 1, err: ['service nope not found'] },
  { run: 'service update -d --env-add B=2 w_web', out: 'w_web' },
  {
    run: "service inspect w_web --format '{{.UpdateStatus.State}}'",
    out: 'completed',
    eventually: true,
  },
  {
    run: "service inspect w_web --format '{{json .Spec.TaskTemplate.ContainerSpec.Env}}'",
    out: '["A=1","B=2"]',
  },
  { run: 'service rollback -d w_web', out: 'w_web' },
  {
    run: "service inspect w_web --format '{{.UpdateStatus.State}}'",
    out: 'rollback_completed',
    eventually: true,
  },
  {
    run: "service inspect w_web --format '{{json .Spec.TaskTemplate.ContainerSpec.Env}}'",
    out: '["A=1"]',
  },
  {
    run: 'service update --force --detach=false w_web',
    like: ['w_web', 'overall progress: 2 out of 2 tasks', 'Service w_web converged'],
  },
  { run: 'service update -d --label-add x=y w_web', out: 'w_web' },
  { run: 'service ls -q --filter label=x=y', like: ['^SHORT$'] },
  { run: 'service ls -q --filter label=x=z', out: '' },
  { run: 'service ls -q --filter mode=global', out: '' },
  { run: 'service update -d --publish-rm 80 w_web', out: 'w_web' },
  {
    run: "service inspect w_web --format '{{json .Endpoint.Ports}}'",
    out: 'null',
    eventually: true,
  },
  { run: 'service update nope', exit: 1, err: ['service nope not found'] },
  { run: 'service rollback nope', exit: 1, err: ['service nope not found'] },
  {
    run: `${create} --name w_agent --mode global --stop-signal SIGKILL {{image}} sleep 1000`,
    like: ['^ID$'],
  },
  {
    run: "service ls --filter name=w_agent --format '{{.Mode}} {{.Replicas}}'",
    out: 'global 1/1',
    eventually: true,
  },
  {
    run: 'service scale w_agent=2',
    exit: 1,
    err: ['scale can only be used with replicated or replicated-job mode'],
  },
  {
    run: `${create} --name w_job --mode replicated-job --restart-condition none {{image}} true`,
    like: ['^ID$'],
  },
  {
    run: "service ls --filter mode=replicated-job --format '{{.Name}} {{.Replicas}}'",
    out: 'w_job 0/1 (1/1 completed)',
    eventually: true,
  },
  {
    run: `${create} --name w_stuck --constraint node.labels.zone==nowhere {{image}}`,
    like: ['^ID$'],
  },
  {
    run: "service ps w_stuck --no-trunc --format '{{.CurrentState}} {{.Error}}'",
    like: ['^Pending .*"no suitable node \\(scheduling constraints not satisfied on 1 node\\)"$'],
    eventually: true,
  },
  {
    run: 'secret rm w_secret',
    exit: 1,
    err: ["secret 'w_secret' is in use by the following service: w_web"],
  },
  {
    run: 'config rm w_config',
    exit: 1,
    err: ["config 'w_config' is in use by the following service: w_web"],
  },
  { run: 'network rm w_net', exit: 1, err: ['network {{net}} is in use by service {{web}}'] },
  {
    run: "node ps self --filter desired-state=running --format '{{.Name}}'",
    like: ['^w_web.1$', '^w_web.2$', '^w_agent.{{node}}$'],
  },
  {
    run: "ps --filter label=com.docker.swarm.service.name=w_web --format '{{.Names}}'",
    like: ['^w_web.1.ID$', '^w_web.2.ID$'],
  },
  { run: 'ps -q --filter is-task=true --filter name=w_agent', like: ['^[0-9a-f]{12}$'] },
  {
    run: "events --since 1h --until 0s --filter type=service --filter event=create --format '{{.Action}} {{.Actor.Attributes.name}}'",
    // `--until` has whole seconds: what was made in this one is not in it.
    like: ['^create w_web$', '^create w_agent$'],
  },
  {
    run: "events --since 1h --until 0s --filter service=w_web --format '{{.Type}} {{.Action}}'",
    like: ['^service update$'],
  },
  { run: 'service rm w_agent w_job w_stuck', out: 'w_agent\nw_job\nw_stuck' },
  { run: 'service rm w_web', out: 'w_web' },
  { run: 'service rm w_web', exit: 1, err: ['service w_web not found'] },
  { run: 'service ps w_web', exit: 1, err: ['no such service: w_web'] },
  { run: 'service ls -q', out: '' },
  { run: 'network rm w_net', out: 'w_net', eventually: true },
  { run: 'secret rm w_secret', out: 'w_secret' },
  { run: 'config rm w_config', out: 'w_config' },
];

const STACK: readonly WalkStep[] = [
  {
    run: 'stack deploy --detach=true --resolve-image never -c {{dir}}/shop.yml shop',
    like: [
      'Creating network shop_back',
      'Creating config shop_settings',
      'Creating service shop_web',
      'Creating service shop_worker',
    ],
  },
  { run: "stack ls --format '{{.Name}} {{.Services}}'", out: 'shop 2' },
  {
    run: "stack services shop --format '{{.Name}} {{.Replicas}}'",
    out: 'shop_web 2/2\nshop_worker 1/1',
    eventually: true,
  },
  { run: "stack services shop --filter name=shop_web --format '{{.Name}}'", out: 'shop_web' },
  {
    run: "stack ps shop --filter desired-state=running --format '{{.Name}} {{.Node}} {{.DesiredState}}'",
    like: [
      '^shop_web.1 {{host}} Running$',
      '^shop_web.2 {{host}} Running$',
      '^shop_worker.1 {{host}} Running$',
    ],
  },
  {
    run: 'service inspect shop_web --format \'{{index .Spec.Labels "com.docker.stack.namespace"}} {{.Spec.Labels.tier}}\'',
    out: 'shop front',
  },
  {
    run: "config ls --filter label=com.docker.stack.namespace=shop --format '{{.Name}}'",
    out: 'shop_settings',
  },
  {
    run: "network ls --filter label=com.docker.stack.namespace=shop --format '{{.Name}}'",
    out: 'shop_back',
  },
  {
    run: 'stack deploy --detach=true --resolve-image never -c {{dir}}/shop.yml shop',
    like: ['Updating service shop_web', 'Updating service shop_worker'],
  },
  { run: 'service scale -d shop_worker=0', out: 'shop_worker scaled to 0' },
  {
    run: "stack services shop --format '{{.Name}} {{.Replicas}}'",
    out: 'shop_web 2/2\nshop_worker 0/0',
    eventually: true,
  },
  { run: 'stack ps nope', exit: 1, err: ['nothing found in stack: nope'] },
  {
    run: 'stack services nope',
    err: ['Nothing found in stack: nope|nothing found in stack: nope'],
  },
  {
    run: 'stack rm shop',
    like: [
      'Removing service shop_web',
      'Removing service shop_worker',
      'Removing config shop_settings',
      'Removing network shop_back',
    ],
    err: [],
  },
  { run: 'stack ls -q', exit: 125, err: ['unknown shorthand flag'] },
  { run: "stack ls --format '{{.Name}}'", out: '' },
  { run: 'stack rm shop', err: ['[Nn]othing found in stack: shop'] },
];

const END: readonly WalkStep[] = [
  { run: 'images -q', out: '', only: 'embedded' },
  { run: 'system df', like: ['TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE'] },
  { run: 'image inspect nope', exit: 1, out: '[]', err: ['No such image: nope'] },
  { run: 'inspect nope', exit: 1, out: '[]', err: ['[Nn]o such object: nope'] },
  { run: 'logs nope', exit: 1, err: ['No such container: nope'] },
  { run: 'network prune -f' },
  { run: 'volume prune -f', like: ['Total reclaimed space: 0B'] },
  { run: 'swarm leave --force', out: 'Node left the swarm.' },
  { run: "info --format '{{.Swarm.LocalNodeState}}'", out: 'inactive', eventually: true },
  { run: 'swarm init --advertise-addr 127.0.0.1', like: ['^Swarm initialized'] },
  { run: 'service ls -q', out: '' },
  { run: 'swarm leave --force', out: 'Node left the swarm.' },
];

/** The whole walk, in order; every part leaves the cluster as it found it. */
export const WALK: readonly WalkStep[] = [
  ...OUTSIDE,
  ...SWARM,
  ...NODES,
  ...blobSteps('secret'),
  ...blobSteps('config'),
  ...NETWORKS,
  ...SERVICES,
  ...STACK,
  ...END,
];
