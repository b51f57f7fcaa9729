import type { Mount } from '../../swarm/service.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { lookUp, type ServiceScope } from '../service-scope.ts';
import { mountsCodec, type MountModel } from './mount-codec.ts';
import { withNamespace } from './networks.ts';
import { volumeName, type VolumeModel } from './volumes.ts';

/** Mounts of a service, in file order. @source spec/stack-file.md section 11 */
export const volumes: KeySpec<readonly MountModel[]> = defineKey({
  codec: mountsCodec,
  support: 'supported',
  convert: (value, scope) => {
    const mounts = value.map((mount, index) => toMount(mount, index, scope));
    // `tmpfs` and `shm_size` have put theirs there.
    const all = [...mounts, ...(scope.draft.container.Mounts ?? [])];
    if (all.length > 0) scope.draft.container.Mounts = all;
  },
});

const TYPES = ['volume', 'bind', 'tmpfs', 'npipe', 'cluster', 'image'] as const;
type MountType = (typeof TYPES)[number];

/** Which types may carry an option block; the others refuse it. @source spec/stack-file.md 11.5 */
const BLOCK_OWNERS: Readonly<Record<'bind' | 'volume' | 'tmpfs', readonly MountType[]>> = {
  bind: ['bind', 'npipe'],
  volume: ['volume'],
  tmpfs: ['tmpfs'],
};

type Refuse = (code: string, reason: string, hint: string) => void;

function toMount(model: MountModel, index: number, scope: ServiceScope): Mount {
  const refuse: Refuse = (code, reason, hint) => {
    scope.error(['volumes', index], { code, reason, hint });
  };
  const written = model.type ?? '';
  const type = TYPES.find((one) => one === (written === '' ? 'volume' : written));
  const plain = {
    ...(model.read_only === true && { ReadOnly: true }),
    ...((model.consistency ?? '') !== '' && { Consistency: model.consistency ?? '' }),
  };
  if (!type) {
    const reason = 'volume type must be volume, bind, tmpfs, npipe, or cluster';
    refuse('unknown-volume-type', reason, `"${written}" is none of them`);
    return { Type: 'volume', Target: model.target ?? '' };
  }
  reportForeignBlocks(model, type, refuse);
  return {
    Type: type,
    Target: model.target ?? '',
    ...plain,
    ...SOURCES[type](model, model.source ?? '', { scope, refuse }),
  };
}

function reportForeignBlocks(model: MountModel, type: MountType, refuse: Refuse): void {
  for (const block of ['bind', 'volume', 'tmpfs'] as const) {
    if (!model[block] || BLOCK_OWNERS[block].includes(type)) continue;
    const reason = `${block} options are incompatible with type ${type}`;
    refuse('incompatible-volume-options', reason, `drop the options, or use type ${block}`);
  }
}

interface MountScope {
  readonly scope: ServiceScope;
  readonly refuse: Refuse;
}

type Handler = (model: MountModel, source: string, tools: MountScope) => Partial<Mount>;

/** What each type adds to a mount. */
const SOURCES: Readonly<Record<MountType, Handler>> = {
  volume: (model, source, tools) => (source === '' ? {} : toVolume(model, source, tools)),
  bind: (model, source) => ({ Source: source, ...toBindOptions(model) }),
  tmpfs: ({ tmpfs }, source, { refuse }) => {
    if (source !== '') {
      refuse('tmpfs-with-source', 'invalid tmpfs source, source must be empty', 'drop it');
    }
    return tmpfs ? { TmpfsOptions: toTmpfsOptions(tmpfs) } : {};
  },
  cluster: (_model, source, tools) => toClusterVolume(source, tools),
  npipe: (model, source, tools) => {
    if (source === '') reportNoSource('npipe', tools);
    return { Source: source, ...toBindOptions(model) };
  },
  image: (_model, source, tools) => {
    if (tools.scope.format === 'compose') {
      const reason = 'SwarmKit has no mounts of images';
      tools.refuse('image-mount-refused', reason, 'copy the files into the image of the service');
    } else if (source === '') reportNoSource('image', tools);
    return { Source: source };
  },
};

function reportNoSource(type: MountType, { refuse }: MountScope): void {
  const reason = `invalid ${type} source, source cannot be empty`;
  refuse('volume-without-source', reason, 'name it with "source:"');
}

function toTmpfsOptions({
  size = 0,
  mode,
}: NonNullable<MountModel['tmpfs']>): NonNullable<Mount['TmpfsOptions']> {
  return { ...(size !== 0 && { SizeBytes: size }), ...(mode !== undefined && { Mode: mode }) };
}

function toBindOptions({ bind }: MountModel): Partial<Mount> {
  if (!bind) return {};
  const propagation = bind.propagation ?? '';
  return {
    BindOptions: {
      ...(propagation !== '' && { Propagation: propagation }),
      ...(bind.create_host_path === true && { CreateMountpoint: true }),
      ...RECURSIVE[bind.recursive ?? ''],
    },
  };
}

/** What the engine calls each word; `enabled` is its default. */
const RECURSIVE: Readonly<Record<string, Mount['BindOptions']>> = {
  disabled: { NonRecursive: true },
  writable: { ReadOnlyNonRecursive: true },
  readonly: { ReadOnlyForceRecursive: true },
};

function toVolume(model: MountModel, key: string, tools: MountScope): Partial<Mount> {
  const declared = findVolume(key, tools);
  if (!declared) return { Source: key };
  const { stack } = tools.scope;
  const subpath = model.volume?.subpath ?? '';
  const driver = toDriver(declared);
  const options = {
    ...(model.volume?.nocopy === true && { NoCopy: true }),
    ...(subpath !== '' && { Subpath: subpath }),
    ...(!declared.external && {
      Labels: withNamespace(stack, { ...declared.labels, ...model.volume?.labels }),
    }),
    ...(!declared.external && driver && { DriverConfig: driver }),
  };
  return { Source: volumeName(stack, key, declared), VolumeOptions: options };
}

function toDriver(volume: VolumeModel): NonNullable<Mount['VolumeOptions']>['DriverConfig'] {
  const name = volume.driver ?? '';
  const hasOptions = Object.keys(volume.driver_opts ?? {}).length > 0;
  if (name === '' && !hasOptions) return undefined;
  return {
    ...(name !== '' && { Name: name }),
    ...(hasOptions && volume.driver_opts && { Options: { ...volume.driver_opts } }),
  };
}

function toClusterVolume(source: string, tools: MountScope): Partial<Mount> {
  if (source === '') reportNoSource('cluster', tools);
  const isGroup = source.startsWith('group:');
  const declared = isGroup || source === '' ? undefined : findVolume(source, tools);
  const name = declared ? volumeName(tools.scope.stack, source, declared) : source;
  return { Source: name, ClusterOptions: {} };
}

function findVolume(key: string, { scope, refuse }: MountScope): VolumeModel | undefined {
  const declared = lookUp(scope.volumes, key);
  if (!declared) {
    const hint = `declare it at top level: "volumes: {${key}: {}}"`;
    refuse('undefined-volume', `undefined volume "${key}"`, hint);
  }
  return declared;
}
