import type { ServiceSpec } from '../swarm/service.ts';
import { LABEL_IMAGE, scopeName } from '../swarm/stack-labels.ts';
import type { Format } from './format.ts';
import type { KeySpec } from './key-spec.ts';
import { SERVICE_KEYS } from './keys/index.ts';
import { withNamespace } from './keys/networks.ts';
import { withSpecPatch } from './keys/x-tstack-spec.ts';
import type { ServiceModel, StackModel } from './model.ts';
import type { ReadFile } from './read-file.ts';
import type { Compat } from './read-stack.ts';
import type { Path, Problem } from './report.ts';
import type { SourceScope } from './source-book.ts';
import type { ServiceDraft, ServiceScope } from './service-scope.ts';

/** What converting a merged model needs besides it. */
export interface ConvertContext {
  readonly stack: string;
  readonly compat: Compat;
  readonly format: Format;
  readonly readFile: ReadFile;
  /** What relative paths and variables at a path of the merged model refer to. */
  readonly scopeOf: (path: Path) => SourceScope;
  /** Takes problems with paths of the merged model. */
  readonly report: (path: Path, problem: Omit<Problem, 'place'>) => void;
}

const KEYS = Object.entries(SERVICE_KEYS as Readonly<Record<string, KeySpec<unknown>>>).filter(
  ([, key]) => 'convert' in key || 'convertAbsent' in key,
);

/**
 * The request that creates a service; key by key, in registry order.
 * @source spec/stack-file.md section 13
 */
export function convertService(
  name: string,
  service: ServiceModel,
  { model, context }: { model: StackModel; context: ConvertContext },
): ServiceSpec {
  const scope = createScope(name, model, context);
  const values = service as Readonly<Record<string, unknown>>;
  for (const [key, spec] of KEYS) {
    const value = values[key];
    if (value === undefined) spec.convertAbsent?.(scope);
    else spec.convert?.(value, scope);
  }
  return assemble(scope, service);
}

function createScope(name: string, model: StackModel, context: ConvertContext): ServiceScope {
  const report = (path: Path, problem: Omit<Problem, 'place'>): void => {
    context.report(['services', name, ...path], problem);
  };
  return {
    stack: context.stack,
    service: name,
    compat: context.compat,
    format: context.format,
    values: model.services[name] ?? {},
    readFile: context.readFile,
    directoryOf: (path) => context.scopeOf(['services', name, ...path]).directory,
    draft: createDraft(),
    networks: model.networks,
    volumes: model.volumes,
    secrets: model.secrets,
    configs: model.configs,
    error: (path, { reason, ...finding }) => {
      report(path, { ...finding, severity: 'error', message: `service ${name}: ${reason}` });
    },
    problem: report,
  };
}

function createDraft(): ServiceDraft {
  return {
    container: {
      Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
    },
    task: {},
    service: { EndpointSpec: {} },
    serviceLabels: {},
    containerLabels: {},
  };
}

function assemble(
  { stack, service: name, draft }: ServiceScope,
  service: ServiceModel,
): ServiceSpec {
  const { container, task } = draft;
  const spec: ServiceSpec = {
    Name: scopeName(stack, name),
    Labels: { ...withNamespace(stack, draft.serviceLabels), [LABEL_IMAGE]: service.image ?? '' },
    TaskTemplate: {
      ContainerSpec: {
        ...container,
        Labels: withNamespace(stack, draft.containerLabels),
      },
      ...task,
      ForceUpdate: 0,
    },
    ...draft.service,
  };
  return withSpecPatch(spec, service['x-tstack']?.spec);
}
