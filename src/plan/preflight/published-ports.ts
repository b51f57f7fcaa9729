import type { PortConfig, Service } from '../../swarm/service.ts';
import { LABEL_NAMESPACE } from '../../swarm/stack-labels.ts';
import { formatPlace } from '../field-place.ts';
import type { Operation, Plan } from '../plan.ts';
import { WAVE } from '../plan-draft.ts';
import type { Finding, PreflightFacts, PreflightRule } from './preflight-rule.ts';

interface Holder {
  readonly name: string;
  /** Of another stack, or undefined. */
  readonly stack?: string | undefined;
  readonly ports: readonly PortConfig[];
}

/**
 * Published ports that another service holds: the manager refuses them.
 *
 * One that leaves before anything is written, and an update that leaves its ports alone, count not.
 * @source spec/orchestrator.md 21, 23 (port conflicts)
 */
export const publishedPorts: PreflightRule = {
  name: 'published-ports',
  check(facts) {
    const { plan, spec } = facts;
    const declared = plan.operations.flatMap(toHolder);
    const holders = [...declared, ...standing(facts)];
    const seen = new Set<string>();
    return plan.operations.filter(asksForPorts).flatMap(({ name }): readonly Finding[] => {
      const own = declared.find((one) => one.name === name);
      return holders.flatMap((other) => {
        const pair = [name, other.name].sort().join(' ');
        const port = other.name === name ? undefined : conflict(own?.ports ?? [], other.ports);
        if (port === undefined || seen.has(pair)) return [];
        seen.add(pair);
        const owner = other.stack === undefined ? '' : ` of stack ${other.stack}`;
        const place = formatPlace(spec, name, 'EndpointSpec.Ports');
        const refusal = {
          code: 'port-in-use',
          subject: name,
          message: `${place}service ${name}: port ${port} is already published by service ${other.name}${owner}`,
          hint: 'publish another port, or remove the other service first',
        };
        return [{ kind: 'refusal', refusal } as const];
      });
    });
  },
};

function asksForPorts({ kind, changes }: Operation): boolean {
  if (kind === 'service-create') return true;
  return (
    kind === 'service-update' && changes.some(({ path }) => path.startsWith('EndpointSpec.Ports'))
  );
}

function toHolder(operation: Operation): readonly Holder[] {
  const { kind, name } = operation;
  const isDeclared =
    kind === 'service-create' || kind === 'service-update' || kind === 'service-keep';
  if (!isDeclared) return [];
  return [{ name, ports: operation.spec.EndpointSpec?.Ports ?? [] }];
}

/** Services the plan leaves alone, or removes too late. */
function standing({ plan, snapshot }: PreflightFacts): readonly Holder[] {
  const gone = goneNames(plan);
  return [...(snapshot.otherServices ?? []), ...snapshot.services].flatMap((service) => {
    const { Name, Labels } = service.Spec;
    if (gone.has(Name)) return [];
    const stack = Labels?.[LABEL_NAMESPACE];
    return [{ name: Name, ports: portsOf(service), ...(stack !== plan.stack && { stack }) }];
  });
}

/** Services that are declared, or removed before any is written. */
function goneNames({ operations }: Plan): ReadonlySet<string> {
  return new Set(
    operations.flatMap(({ kind, name, wave }) => {
      if (!kind.startsWith('service-')) return [];
      return kind !== 'service-remove' || wave < WAVE.service ? [name] : [];
    }),
  );
}

function portsOf({ Spec, Endpoint }: Service): readonly PortConfig[] {
  return [...(Spec.EndpointSpec?.Ports ?? []), ...(Endpoint?.Ports ?? [])];
}

/** `8080/tcp` that both want; two in host mode leave each other alone. */
function conflict(own: readonly PortConfig[], others: readonly PortConfig[]): string | undefined {
  const found = own.find(
    (port) =>
      port.PublishedPort &&
      others.some(
        (other) => keyOf(other) === keyOf(port) && !(isHostMode(port) && isHostMode(other)),
      ),
  );
  return found && keyOf(found);
}

function isHostMode({ PublishMode }: PortConfig): boolean {
  return PublishMode === 'host';
}

function keyOf({ PublishedPort, Protocol }: PortConfig): string {
  return `${PublishedPort ?? 0}/${Protocol ?? 'tcp'}`;
}
