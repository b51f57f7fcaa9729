import {
  client,
  either,
  FLAG,
  list,
  mapped,
  mapping,
  named,
  noted,
  OPTIONS,
  PAIRS,
  refused,
  SIZE,
  TEXT,
  TEXT_OR_TEXTS,
  UNIQUE_TEXTS,
  word,
  type KeyFacts,
} from './shape.ts';

const bind: Readonly<Record<string, KeyFacts>> = {
  propagation: mapped(TEXT, 'whether mounts below are shared', 'BindOptions.Propagation'),
  create_host_path: mapped(
    FLAG,
    'makes the directory on the node when there is none',
    'BindOptions.CreateMountpoint',
  ),
  recursive: mapped(
    word('enabled', 'disabled', 'writable', 'readonly'),
    'what happens to mounts below',
    'BindOptions.NonRecursive, ReadOnlyNonRecursive, ReadOnlyForceRecursive',
  ),
  selinux: refused(
    word('z', 'Z'),
    'SELinux label of the files',
    'Swarm does not relabel files',
    'label them on the nodes: chcon -Rt container_file_t PATH',
  ),
};

const mount: Readonly<Record<string, KeyFacts>> = {
  type: mapped(
    word('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
    'what is mounted; image is refused by engines',
    'Mounts[].Type',
  ),
  source: mapped(TEXT, 'volume, or path on the node', 'Mounts[].Source'),
  target: mapped(TEXT, 'path in the container', 'Mounts[].Target'),
  read_only: mapped(FLAG, 'no writing', 'Mounts[].ReadOnly'),
  consistency: mapped(TEXT, 'kept for Docker Desktop', 'Mounts[].Consistency'),
  bind: mapped(mapping(bind), 'options of a bind mount', 'Mounts[].BindOptions'),
  volume: mapped(
    mapping({
      nocopy: mapped(
        FLAG,
        "leaves a new volume empty instead of copying the image's files",
        'VolumeOptions.NoCopy',
      ),
      subpath: mapped(TEXT, 'directory of the volume', 'VolumeOptions.Subpath'),
      labels: mapped(PAIRS, 'labels of a volume that is made', 'VolumeOptions.Labels'),
    }),
    'options of a volume mount',
    'Mounts[].VolumeOptions',
  ),
  tmpfs: mapped(
    mapping({
      size: mapped({ ...SIZE, minimum: 0 }, 'how much it holds', 'TmpfsOptions.SizeBytes'),
      mode: mapped(SIZE, 'permission bits, 1777 in octal', 'TmpfsOptions.Mode'),
    }),
    'options of a tmpfs mount',
    'Mounts[].TmpfsOptions',
  ),
  image: refused(
    mapping({
      subpath: refused(
        TEXT,
        'path in the image',
        'SwarmKit has no mounts of images',
        'copy the files into the image of the service',
      ),
    }),
    'options of an image mount',
    'SwarmKit has no mounts of images',
    'copy the files into the image of the service',
  ),
};

function reference(kind: 'secret' | 'config'): Readonly<Record<string, KeyFacts>> {
  const list = kind === 'secret' ? 'Secrets' : 'Configs';
  const place = kind === 'secret' ? '/run/secrets/SOURCE' : '/SOURCE';
  return {
    source: mapped(
      TEXT,
      `key of the ${kind}`,
      `${list}[].${kind === 'secret' ? 'SecretName' : 'ConfigName'}`,
    ),
    target: mapped(TEXT, `file in the container; without it ${place}`, `${list}[].File.Name`),
    uid: mapped({ types: ['string', 'integer'] }, 'owner', `${list}[].File.UID`),
    gid: mapped({ types: ['string', 'integer'] }, 'group', `${list}[].File.GID`),
    mode: mapped(
      { types: ['number', 'string'] },
      'permission bits (default 0444)',
      `${list}[].File.Mode`,
    ),
  };
}

function references(kind: 'secret' | 'config'): KeyFacts {
  return mapped(
    list(either(TEXT, mapping(reference(kind)))),
    `${kind}s that are files in the container`,
    kind === 'secret' ? 'ContainerSpec.Secrets' : 'ContainerSpec.Configs',
  );
}

/** Keys about files of a service. @source research/demand.md 5.3 */
export const STORAGE_KEYS: Readonly<Record<string, KeyFacts>> = {
  configs: references('config'),
  secrets: references('secret'),
  tmpfs: mapped(
    TEXT_OR_TEXTS,
    'temporary file systems: /run:size=64m,mode=1777',
    'Mounts of type tmpfs',
  ),
  volumes: mapped(
    list(either(TEXT, mapping(mount, { required: ['type'] }))),
    'mounts: [source:]target[:options], or the long form',
    'ContainerSpec.Mounts',
  ),
  volumes_from: refused(
    UNIQUE_TEXTS,
    'the volumes of another service or container',
    'tasks of the two may run on different nodes',
    'declare a named volume at top level, and mount it in both',
  ),
};

const external: KeyFacts = {
  ...client(
    mapping({ name: client(TEXT, 'its name; write name beside external instead', 'looked up') }),
    'somebody else made it',
    'it is looked up before anything is written, and never changed',
  ),
  types: ['boolean', 'string', 'mapping'],
};

/** Top-level volumes. @source research/demand.md 5.4 */
export const VOLUMES: KeyFacts = mapped(
  named({
    types: ['mapping', 'null'],
    keys: {
      name: mapped(TEXT, 'its name; without it STACK_KEY', 'Mounts[].Source'),
      driver: mapped(TEXT, 'its driver', 'VolumeOptions.DriverConfig.Name'),
      driver_opts: mapped(OPTIONS, 'options of the driver', 'VolumeOptions.DriverConfig.Options'),
      external: {
        ...external,
        effect: 'the volume is mounted as it is: no labels, no driver; nodes are not asked for it',
      },
      labels: mapped(PAIRS, 'labels of the volume', 'VolumeOptions.Labels'),
      'x-cluster-spec': noted(
        { types: ['mapping'] },
        'how a cluster volume is made',
        'a deploy makes no cluster volumes',
        'create it with docker volume create, and declare it external',
      ),
    },
  }),
  'volumes of the stack; each node makes its own when a task needs it',
  'ContainerSpec.Mounts',
);

function fileObject(kind: 'secret' | 'config'): Readonly<Record<string, KeyFacts>> {
  const spec = kind === 'secret' ? 'SecretSpec' : 'ConfigSpec';
  return {
    name: mapped(TEXT, 'its name; without it STACK_KEY', `${spec}.Name`),
    file: mapped(TEXT, 'file with the data', `${spec}.Data`),
    environment: mapped(TEXT, 'variable with the data', `${spec}.Data`),
    external,
    labels: mapped(PAIRS, `labels of the ${kind}`, `${spec}.Labels`),
    template_driver: mapped(
      TEXT,
      'golang: the data is a template, filled in for each task',
      `${spec}.Templating.Name`,
    ),
  };
}

/** Top-level secrets. @source research/demand.md 5.4 */
export const SECRETS: KeyFacts = mapped(
  named(
    mapping({
      ...fileObject('secret'),
      driver: mapped(TEXT, 'plugin that gives the data', 'SecretSpec.Driver.Name'),
      driver_opts: mapped(OPTIONS, 'options of the plugin', 'SecretSpec.Driver.Options'),
    }),
  ),
  'secrets of the stack, 1 to 511999 bytes each',
  'POST /secrets/create',
);

/** Top-level configs. @source research/demand.md 5.4 */
export const CONFIGS: KeyFacts = mapped(
  named(
    mapping({
      ...fileObject('config'),
      content: mapped(TEXT, 'the data itself', 'ConfigSpec.Data'),
    }),
  ),
  'configs of the stack, 1 to 1023999 bytes each',
  'POST /configs/create',
);
