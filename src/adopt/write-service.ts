import type { JsonValue } from '../base/brand.ts';
import { familiarImage, parseImage } from '../swarm/image-reference.ts';
import type {
  ConfigReference,
  FileTarget,
  NetworkAttachmentConfig,
  Service,
  ServiceSpec,
} from '../swarm/service.ts';
import { descopeName, LABEL_IMAGE } from '../swarm/stack-labels.ts';
import { containerKeys } from './container-keys.ts';
import type { Declarations } from './declarations.ts';
import { deployKeys } from './deploy-keys.ts';
import { mountKeys } from './mount-keys.ts';
import { filled, mapWithout, set, unless, written, type Part } from './part.ts';

/** What writing one service needs to know of the others. */
export interface ServiceContext {
  readonly stack: string;
  readonly declarations: Declarations;
  /** Services of the file, by their names in it. */
  readonly declared: ReadonlySet<string>;
}

/** The keys of a service, as far as keys can say what it is. */
export function writeService({ Spec }: Service, context: ServiceContext): Part {
  const { stack, declarations, declared } = context;
  const task = Spec.TaskTemplate;
  const container = task.ContainerSpec ?? {};
  const networks = task.Networks?.length ? task.Networks : (Spec.Networks ?? []);
  const deploy = deployKeys(Spec, declared);
  return {
    ...containerKeys(container, task),
    ...deploy,
    ...mountKeys(container.Mounts ?? [], declarations),
    image: imageOf(Spec),
    networks: networksOf(networks, { declarations, own: descopeName(stack, Spec.Name) }),
    secrets: filled(
      container.Secrets?.map(({ SecretName, File }) =>
        reference(declarations.secret(SecretName), File),
      ),
    ),
    configs: filled(
      container.Configs?.flatMap((one) =>
        one.Runtime ? [] : [reference(declarations.config(one.ConfigName), one.File)],
      ),
    ),
    credential_spec: credentialSpec(Spec, declarations),
    ...(networks.length === 0 && { 'x-tstack': withoutNetworks(deploy['x-tstack']) }),
  };
}

/** The word of the file it was deployed from, where it still holds; else what runs. */
function imageOf({ Labels, TaskTemplate }: ServiceSpec): string | undefined {
  const image = TaskTemplate.ContainerSpec?.Image ?? '';
  const word = Labels?.[LABEL_IMAGE];
  const parsed = parseImage(word ?? '');
  if (word === undefined || parsed.kind !== 'ok') return set(image);
  const familiar = familiarImage(parsed.image);
  return image === familiar || image.startsWith(`${familiar}@`) ? word : set(image);
}

/** Without networks in a file a service joins the stack's default one. */
function withoutNetworks(own: JsonValue | undefined): JsonValue {
  const members = (own ?? {}) as { readonly [key: string]: JsonValue };
  return { ...members, spec: { TaskTemplate: { Networks: null } } };
}

function networksOf(
  attachments: readonly NetworkAttachmentConfig[],
  context: { readonly declarations: Declarations; readonly own: string },
): Part['networks'] {
  if (attachments.length === 0) return undefined;
  const entries = attachments.map(({ Target, Aliases = [], DriverOpts }) => {
    const { key } = context.declarations.network(Target);
    // The service's own name is an alias of its own accord.
    const aliases = Aliases?.at(-1) === context.own ? Aliases.slice(0, -1) : (Aliases ?? []);
    const said = written({ aliases: filled(aliases), driver_opts: mapWithout(DriverOpts) });
    return [key, said ?? null] as const;
  });
  return Object.fromEntries(entries);
}

function reference(source: string, file: FileTarget | undefined): { [key: string]: JsonValue } {
  return {
    source,
    ...written({
      target: unless(file?.Name, source),
      uid: unless(file?.UID, '0'),
      gid: unless(file?.GID, '0'),
      mode: file?.Mode === 0o444 ? undefined : file?.Mode,
    }),
  };
}

function credentialSpec(
  { TaskTemplate }: ServiceSpec,
  declarations: Declarations,
): Part['credential_spec'] {
  const { Privileges, Configs = [] } = TaskTemplate.ContainerSpec ?? {};
  const { Config = '', File, Registry } = Privileges?.CredentialSpec ?? {};
  const stored = (Configs as readonly ConfigReference[] | null)?.find(
    (one) => one.ConfigID === Config || one.ConfigName === Config,
  );
  const config = Config !== '' && stored ? declarations.config(stored.ConfigName) : undefined;
  return written({ config, file: set(File), registry: set(Registry) });
}
