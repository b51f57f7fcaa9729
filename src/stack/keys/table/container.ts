import {
  client,
  COMMAND,
  either,
  FLAG,
  inherit,
  INTEGER,
  list,
  mapped,
  mapping,
  noted,
  NUMBER,
  OPTIONS,
  PAIRS,
  refused,
  SIZE,
  TEXT,
  TEXT_OR_TEXTS,
  TEXTS,
  UNIQUE_TEXTS,
  word,
  DURATION,
  emulated,
  type KeyFacts,
} from './shape.ts';

const NO_FIELD = 'the Swarm API has no field for it';

const hookKeys = inherit(
  {
    command: [COMMAND, 'what to run'],
    user: [TEXT, 'who runs it'],
    privileged: [FLAG, 'whether it runs with all privileges'],
    working_dir: [TEXT, 'where it runs'],
    environment: [PAIRS, 'variables of the command'],
  },
  {
    outcome: 'refused',
    effect: 'Swarm starts and stops containers on other nodes and runs nothing in them',
    instead: 'do it in the entrypoint, which gets the stop signal too',
  },
);

function hook(when: string): KeyFacts {
  return refused(
    list(mapping(hookKeys, { required: ['command'] })),
    `Commands to run in a container ${when}`,
    'Swarm starts and stops containers on other nodes and runs nothing in them',
    'do it in the entrypoint, which gets the stop signal too',
  );
}

const watchFacts = {
  outcome: 'client',
  effect: 'for development with docker compose; a deploy does not use it',
  instead: 'run docker compose watch on a workstation',
  noted: true,
} as const;

const watchKeys = inherit(
  {
    path: [TEXT, 'files to watch'],
    action: [word('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'), 'what to do then'],
    target: [TEXT, 'where files go in the container'],
    ignore: [TEXT_OR_TEXTS, 'files to leave out'],
    include: [TEXT_OR_TEXTS, 'files to look at'],
    initial_sync: [FLAG, 'copy all files at the start'],
    exec: [
      mapping(inherit(hookShapes(), watchFacts), { required: ['command'] }),
      'what to run then',
    ],
  },
  watchFacts,
);

function hookShapes(): Readonly<Record<string, readonly [KeyFacts, string]>> {
  return Object.fromEntries(
    Object.entries(hookKeys).map(([name, facts]) => [name, [facts, facts.about] as const]),
  );
}

const healthcheckKeys: Readonly<Record<string, KeyFacts>> = {
  test: mapped(
    { types: ['string', 'list'], items: TEXT },
    'the command that tells whether a task is healthy',
    'Healthcheck.Test; a Swarm task counts as running only when it passes',
  ),
  interval: mapped(DURATION, 'time between two checks', 'Healthcheck.Interval'),
  timeout: mapped(DURATION, 'how long one check may take', 'Healthcheck.Timeout'),
  retries: mapped(NUMBER, 'failures in a row that make a task unhealthy', 'Healthcheck.Retries'),
  start_period: mapped(DURATION, 'time in which failures do not count', 'Healthcheck.StartPeriod'),
  start_interval: mapped(
    DURATION,
    'time between two checks in the start period',
    'Healthcheck.StartInterval (engines from API 1.44)',
  ),
  disable: mapped(FLAG, "switches the image's own check off", 'Healthcheck.Test is NONE'),
};

/** Keys about what runs in a container and how. @source research/demand.md 5.3 */
export const CONTAINER_KEYS: Readonly<Record<string, KeyFacts>> = {
  annotations: refused(PAIRS, 'OCI annotations of the container', NO_FIELD, 'use labels'),
  attach: noted(
    FLAG,
    'whether docker compose up shows the logs',
    'a deploy follows no logs',
    'read logs with docker service logs',
  ),
  command: mapped(COMMAND, "replaces the image's arguments", 'ContainerSpec.Args'),
  entrypoint: mapped(COMMAND, "replaces the image's entrypoint", 'ContainerSpec.Command'),
  container_name: refused(
    TEXT,
    'a fixed name for the container',
    'Swarm names containers after their tasks, several of which may share a node',
    'reach the service by its name; hostname takes templates such as {{.Node.Hostname}}',
  ),
  cgroup: refused(word('host', 'private'), 'cgroup namespace', NO_FIELD, 'remove it'),
  cgroupns_mode: refused(TEXT, "docker's word for cgroup", NO_FIELD, 'remove it'),
  cgroup_parent: refused(
    TEXT,
    'parent cgroup of the container',
    NO_FIELD,
    'set a parent for all containers in the engine configuration of the nodes',
  ),
  credential_spec: mapped(
    mapping({
      config: mapped(TEXT, 'a config that holds it', 'Privileges.CredentialSpec.Config'),
      file: mapped(TEXT, 'a file on every node', 'Privileges.CredentialSpec.File'),
      registry: mapped(TEXT, 'a value of the registry', 'Privileges.CredentialSpec.Registry'),
    }),
    'managed service account on Windows',
    'Privileges.CredentialSpec',
  ),
  develop: noted(
    {
      ...mapping({
        watch: {
          ...list(mapping(watchKeys, { required: ['path', 'action'] })),
          about: 'what to do when files change',
          ...watchFacts,
        },
      }),
      types: ['mapping', 'null'],
    },
    'what docker compose watch does',
    watchFacts.effect,
    watchFacts.instead,
  ),
  domainname: refused(
    TEXT,
    'domain of the container',
    NO_FIELD,
    'write the full name in hostname: web.example.com',
  ),
  environment: mapped(PAIRS, 'variables of the process', 'ContainerSpec.Env'),
  env_file: client(
    {
      types: ['string', 'list', 'mapping'],
      items: {
        types: ['string', 'mapping'],
        keys: {
          path: client(TEXT, 'the file', 'read now; its variables go into ContainerSpec.Env'),
          required: client(FLAG, 'whether it must exist', 'a missing file is passed over'),
          format: client(TEXT, 'raw keeps quotes and $', 'how its lines are read'),
        },
        required: ['path'],
        closed: true,
      },
      keys: {
        path: client(TEXT, 'the file', 'read now; its variables go into ContainerSpec.Env'),
        required: client(FLAG, 'whether it must exist', 'a missing file is passed over'),
        format: client(TEXT, 'raw keeps quotes and $', 'how its lines are read'),
      },
      required: ['path'],
      closed: true,
    },
    'files with variables',
    'read now; their variables go into ContainerSpec.Env',
  ),
  extends: client(
    {
      types: ['string', 'mapping'],
      keys: {
        service: client(TEXT, 'the service to start from', 'its keys are merged in'),
        file: client(TEXT, 'the file it is in', 'read now'),
      },
      required: ['service'],
      closed: true,
    },
    'another service to start from',
    'its keys are merged in before anything is converted',
  ),
  group_add: mapped(
    list({ types: ['string', 'number'] }, { unique: true }),
    'more groups of the process',
    'ContainerSpec.Groups',
  ),
  healthcheck: mapped(
    mapping(healthcheckKeys),
    'how to tell whether a task is healthy',
    'ContainerSpec.Healthcheck',
  ),
  hostname: mapped(
    TEXT,
    'host name in the container; templates such as {{.Task.Slot}} are filled in for each task',
    'ContainerSpec.Hostname',
  ),
  image: mapped(
    TEXT,
    'the image to run',
    'ContainerSpec.Image, resolved to a digest at deploy time unless told otherwise',
  ),
  init: mapped(FLAG, 'runs a small init as process 1', 'ContainerSpec.Init'),
  isolation: mapped(TEXT, 'isolation technology on Windows', 'ContainerSpec.Isolation'),
  label_file: client(
    TEXT_OR_TEXTS,
    'files with labels',
    'read now; what they hold is part of labels',
  ),
  labels: mapped(
    PAIRS,
    'labels of the containers; labels of the service are in deploy.labels',
    'ContainerSpec.Labels',
  ),
  logging: mapped(
    mapping({
      driver: mapped(TEXT, 'logging driver', 'LogDriver.Name'),
      options: mapped(
        { ...OPTIONS, entries: { types: ['string', 'number', 'null'] } },
        'options of the driver',
        'LogDriver.Options',
      ),
    }),
    'where output goes',
    'TaskTemplate.LogDriver',
  ),
  oom_kill_disable: refused(
    FLAG,
    'spares the process from the OOM killer',
    NO_FIELD,
    'use oom_score_adj',
  ),
  oom_score_adj: mapped(
    { ...INTEGER, minimum: -1000 },
    'score for the OOM killer, -1000 to 1000',
    'ContainerSpec.OomScoreAdj (engines from API 1.46)',
  ),
  platform: mapped(
    TEXT,
    'operating system and architecture: linux/arm64',
    'Placement.Platforms: only nodes of that platform are chosen',
  ),
  post_start: hook('after it has started'),
  pre_start: hook('before it starts'),
  pre_stop: hook('before it stops'),
  privileged: refused(
    FLAG,
    'gives the container all rights on its node',
    'Swarm services cannot be privileged (moby/swarmkit#1030)',
    'add what is needed with cap_add; or run the one container with docker run on its node',
  ),
  profiles: client(
    UNIQUE_TEXTS,
    'when the service takes part',
    'services of profiles that are not active are left out',
  ),
  pull_policy: noted(
    TEXT,
    'when images are pulled',
    'nodes pull by digest, which is checked at every start; tags are resolved when deploying',
    'choose with --resolve-image always, changed or never',
  ),
  pull_refresh_after: noted(
    TEXT,
    'when an image is pulled again',
    'nodes pull by digest; nothing is pulled again by itself',
    'deploy again with --resolve-image always',
  ),
  read_only: mapped(FLAG, 'read-only root file system', 'ContainerSpec.ReadOnly'),
  runtime: refused(
    TEXT,
    'OCI runtime of the container',
    'TaskSpec.Runtime is another thing, and there is no field for it',
    'make it the default runtime of nodes, and choose those with a placement constraint',
  ),
  security_opt: mapped(
    UNIQUE_TEXTS,
    'security profile: no-new-privileges, seccomp=…, apparmor=…, label=…',
    'ContainerSpec.Privileges (seccomp and AppArmor: engines from API 1.44)',
  ),
  stdin_open: mapped(FLAG, 'keeps standard input open', 'ContainerSpec.OpenStdin'),
  stop_grace_period: mapped(
    DURATION,
    'time between the stop signal and the kill (default 10s)',
    'ContainerSpec.StopGracePeriod',
  ),
  stop_signal: mapped(TEXT, 'signal that asks the process to stop', 'ContainerSpec.StopSignal'),
  storage_opt: refused(
    OPTIONS,
    'options of the storage driver',
    NO_FIELD,
    'set them in the engine configuration of the nodes',
  ),
  sysctls: mapped(PAIRS, 'kernel parameters of the container', 'ContainerSpec.Sysctls'),
  tty: mapped(FLAG, 'gives the process a terminal', 'ContainerSpec.TTY'),
  use_api_socket: refused(
    { types: ['boolean'] },
    "the engine's socket and credentials in the container",
    'Swarm can mount the socket but not the credentials',
    'bind-mount /var/run/docker.sock, and keep the service on managers',
  ),
  user: mapped(TEXT, 'user, and group, of the process', 'ContainerSpec.User'),
  working_dir: mapped(TEXT, 'working directory of the process', 'ContainerSpec.Dir'),
  shm_size: emulated(
    SIZE,
    'size of /dev/shm',
    'a tmpfs of that size is mounted on /dev/shm',
    'write the mount yourself to choose its options',
  ),
  ulimits: mapped(
    {
      types: ['mapping'],
      closed: true,
      entries: {
        types: ['integer', 'string', 'mapping'],
        keys: {
          soft: mapped(INTEGER, 'limit that is in force', 'Ulimits[].Soft'),
          hard: mapped(INTEGER, 'limit up to which it may be raised', 'Ulimits[].Hard'),
        },
        required: ['soft', 'hard'],
      },
    },
    'limits of the process; a number is soft and hard limit',
    'ContainerSpec.Ulimits',
  ),
  ...namespaces(),
  ...capabilities(),
};

function namespaces(): Readonly<Record<string, KeyFacts>> {
  const instead = 'remove it; containers have their own';
  return {
    ipc: refused(TEXT, 'IPC namespace', NO_FIELD, instead),
    pid: refused({ types: ['string', 'null'] }, 'process namespace', NO_FIELD, instead),
    uts: refused(TEXT, 'UTS namespace', NO_FIELD, instead),
    userns_mode: refused(
      TEXT,
      'user namespace',
      NO_FIELD,
      'set userns-remap in the engine configuration of the nodes',
    ),
  };
}

function capabilities(): Readonly<Record<string, KeyFacts>> {
  return {
    cap_add: mapped(UNIQUE_TEXTS, 'capabilities to add', 'ContainerSpec.CapabilityAdd'),
    cap_drop: mapped(UNIQUE_TEXTS, 'capabilities to take away', 'ContainerSpec.CapabilityDrop'),
    device_cgroup_rules: refused(
      TEXTS,
      'devices the cgroup may use',
      'Swarm has no devices (moby/swarmkit#1244)',
      'offer devices as generic resources of nodes',
    ),
    devices: refused(
      list(
        either(
          TEXT,
          mapping(
            inherit(
              {
                source: [TEXT, 'device of the node'],
                target: [TEXT, 'its path in the container'],
                permissions: [TEXT, 'r, w, m'],
              },
              {
                outcome: 'refused',
                effect: 'Swarm has no devices (moby/swarmkit#1244)',
                instead: 'bind-mount the device, or offer it as a generic resource of nodes',
              },
            ),
            { required: ['source'] },
          ),
        ),
      ),
      'devices of the node',
      'Swarm has no devices (moby/swarmkit#1244)',
      'bind-mount the device, or offer it as a generic resource of nodes',
    ),
  };
}
