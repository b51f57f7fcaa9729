import type { JsonValue } from '../base/brand.ts';
import { describeChanges } from '../plan/change-words.ts';
import type { FieldChange } from '../plan/plan.ts';
import { isJob } from '../plan/service-operations.ts';
import { parseDependsOn } from '../swarm/dependency-label.ts';
import type { Service } from '../swarm/service.ts';
import { LABEL_NAMESPACE } from '../swarm/stack-labels.ts';
import type { RunningStack } from './observe-running.ts';

/** Something a file does not say, or says in another way. */
export interface AdoptNote {
  readonly code: string;
  /** A warning: the plan of the file is not empty, or the stack is not all in it. */
  readonly severity: 'note' | 'warning';
  /** Name in the cluster. */
  readonly subject: string;
  readonly message: string;
}

interface Outcome {
  /** What had to be said in the Engine API's words, by service in the file. */
  readonly patches: ReadonlyMap<string, JsonValue>;
  /** What the file still says otherwise. */
  readonly left: readonly {
    readonly service: Service;
    readonly changes: readonly FieldChange[];
  }[];
}

/** Everything worth knowing of an adopted stack, sorted by kind. */
export function adoptNotes(running: RunningStack, outcome: Outcome): readonly AdoptNote[] {
  return [
    ...leftOut(running),
    ...leftOver(outcome),
    ...unused(running),
    ...[...outcome.patches].map(([service, patch]): AdoptNote => ({
      code: 'adopt-engine-words',
      severity: 'note',
      subject: service,
      message: `service ${service}: no key of a stack file says ${pathsOf(patch, '').join(', ')}; it stands under x-tstack.spec, which docker does not read`,
    })),
    ...secretNotes(running),
    ...orderNotes(running),
    ...jobNotes(running),
  ];
}

function leftOut({ stack, services }: RunningStack): readonly AdoptNote[] {
  return services.flatMap(({ Spec }): AdoptNote[] => {
    const facts = { severity: 'warning', subject: Spec.Name } as const;
    if (!Spec.TaskTemplate.ContainerSpec) {
      const message = `service ${Spec.Name} is left out: a stack file cannot say services of kind ${Spec.TaskTemplate.Runtime ?? 'unknown'}`;
      return [{ ...facts, code: 'adopt-not-a-container', message }];
    }
    if (Spec.Name.startsWith(`${stack}_`)) return [];
    const message = `service ${Spec.Name} is left out: names of services of a stack file begin with ${stack}_`;
    return [{ ...facts, code: 'adopt-name-outside', message }];
  });
}

function leftOver({ left }: Outcome): readonly AdoptNote[] {
  return left
    .filter(({ changes }) => changes.length > 0)
    .map(({ service, changes }) => ({
      code: 'adopt-not-said',
      severity: 'warning',
      subject: service.Spec.Name,
      message: `service ${service.Spec.Name}: the file cannot say everything; deploying it would change ${describeChanges(changes)}`,
    }));
}

/** What belongs to the stack but to none of its services. */
function unused({
  stack,
  services,
  networks,
  secrets,
  configs,
}: RunningStack): readonly AdoptNote[] {
  const attached = new Set<string>();
  const referenced = new Set<string>();
  for (const { Spec } of services) {
    const { ContainerSpec, Networks } = Spec.TaskTemplate;
    for (const { Target } of Networks ?? Spec.Networks ?? []) attached.add(Target);
    for (const one of ContainerSpec?.Secrets ?? []) referenced.add(`secret ${one.SecretName}`);
    for (const one of ContainerSpec?.Configs ?? []) referenced.add(`config ${one.ConfigName}`);
  }
  const names = [
    ...networks
      .filter((one) => one.Labels?.[LABEL_NAMESPACE] === stack)
      .filter((one) => !attached.has(one.Id) && !attached.has(one.Name))
      .map((one) => `network ${one.Name}`),
    ...[
      ...secrets.map((one) => `secret ${one.Spec.Name}`),
      ...configs.map((one) => `config ${one.Spec.Name}`),
    ].filter((name) => !referenced.has(name)),
  ];
  return names.map((subject) => ({
    code: 'adopt-unused',
    severity: 'note',
    subject,
    message: `${subject} is used by no service; it is not in the file`,
  }));
}

function secretNotes({ services }: RunningStack): readonly AdoptNote[] {
  const names = services.flatMap(({ Spec }) =>
    (Spec.TaskTemplate.ContainerSpec?.Secrets ?? []).map((one) => one.SecretName),
  );
  return [...new Set(names)].sort().map((name) => ({
    code: 'adopt-secret',
    severity: 'note',
    subject: name,
    message: `secret ${name}: its content cannot be read, so the file expects it to be there (external)`,
  }));
}

function orderNotes({ services }: RunningStack): readonly AdoptNote[] {
  return services
    .filter(({ Spec }) => parseDependsOn(Spec.Labels).length > 0)
    .map(({ Spec }) => ({
      code: 'adopt-conditions',
      severity: 'note',
      subject: Spec.Name,
      message: `service ${Spec.Name}: the cluster keeps what it depends on, not under which conditions; depends_on says service_started`,
    }));
}

function jobNotes({ services }: RunningStack): readonly AdoptNote[] {
  return services
    .filter(({ Spec }) => isJob(Spec.Mode))
    .map(({ Spec }) => ({
      code: 'adopt-job',
      severity: 'note',
      subject: Spec.Name,
      message: `service ${Spec.Name} is a job: every deploy runs it again, and plan says so`,
    }));
}

/** Dotted paths of the values of a patch. */
function pathsOf(patch: JsonValue, path: string): readonly string[] {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return [path];
  const entries = Object.entries<JsonValue>(patch);
  return entries.flatMap(([key, member]) => pathsOf(member, path === '' ? key : `${path}.${key}`));
}
