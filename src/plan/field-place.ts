import type { Span } from '../base/diagnostic.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import { descopeName, LABEL_IMAGE } from '../swarm/stack-labels.ts';

/** Where a field of a service spec is written in a stack file; the longest prefix wins. */
const KEYS: readonly (readonly [prefix: string, key: string])[] = [
  [`Labels.${LABEL_IMAGE}`, 'image'],
  ['Labels', 'deploy.labels'],
  ['Mode.Replicated.Replicas', 'deploy.replicas'],
  ['Mode', 'deploy.mode'],
  ['UpdateConfig', 'deploy.update_config'],
  ['RollbackConfig', 'deploy.rollback_config'],
  ['EndpointSpec.Mode', 'deploy.endpoint_mode'],
  ['EndpointSpec.Ports', 'ports'],
  ['TaskTemplate.Resources', 'deploy.resources'],
  ['TaskTemplate.Resources.Limits', 'deploy.resources.limits'],
  ['TaskTemplate.Resources.Reservations', 'deploy.resources.reservations'],
  ['TaskTemplate.RestartPolicy', 'deploy.restart_policy'],
  ['TaskTemplate.Placement', 'deploy.placement'],
  ['TaskTemplate.Placement.Constraints', 'deploy.placement.constraints'],
  ['TaskTemplate.Placement.Preferences', 'deploy.placement.preferences'],
  ['TaskTemplate.Placement.MaxReplicas', 'deploy.placement.max_replicas_per_node'],
  ['TaskTemplate.Placement.Platforms', 'image'],
  ['TaskTemplate.Networks', 'networks'],
  ['TaskTemplate.LogDriver', 'logging'],
  ['TaskTemplate.ContainerSpec.Image', 'image'],
  ['TaskTemplate.ContainerSpec.Labels', 'labels'],
  ['TaskTemplate.ContainerSpec.Command', 'entrypoint'],
  ['TaskTemplate.ContainerSpec.Args', 'command'],
  ['TaskTemplate.ContainerSpec.Hostname', 'hostname'],
  ['TaskTemplate.ContainerSpec.Env', 'environment'],
  ['TaskTemplate.ContainerSpec.Dir', 'working_dir'],
  ['TaskTemplate.ContainerSpec.User', 'user'],
  ['TaskTemplate.ContainerSpec.Privileges', 'credential_spec'],
  ['TaskTemplate.ContainerSpec.StopSignal', 'stop_signal'],
  ['TaskTemplate.ContainerSpec.StopGracePeriod', 'stop_grace_period'],
  ['TaskTemplate.ContainerSpec.TTY', 'tty'],
  ['TaskTemplate.ContainerSpec.OpenStdin', 'stdin_open'],
  ['TaskTemplate.ContainerSpec.ReadOnly', 'read_only'],
  ['TaskTemplate.ContainerSpec.Init', 'init'],
  ['TaskTemplate.ContainerSpec.Isolation', 'isolation'],
  ['TaskTemplate.ContainerSpec.Mounts', 'volumes'],
  ['TaskTemplate.ContainerSpec.Healthcheck', 'healthcheck'],
  ['TaskTemplate.ContainerSpec.Hosts', 'extra_hosts'],
  ['TaskTemplate.ContainerSpec.DNSConfig.Nameservers', 'dns'],
  ['TaskTemplate.ContainerSpec.DNSConfig.Search', 'dns_search'],
  ['TaskTemplate.ContainerSpec.Secrets', 'secrets'],
  ['TaskTemplate.ContainerSpec.Configs', 'configs'],
  ['TaskTemplate.ContainerSpec.CapabilityAdd', 'cap_add'],
  ['TaskTemplate.ContainerSpec.CapabilityDrop', 'cap_drop'],
  ['TaskTemplate.ContainerSpec.Sysctls', 'sysctls'],
  ['TaskTemplate.ContainerSpec.Ulimits', 'ulimits'],
];

/**
 * Where the files say what a field of a service is to be; the service itself for a field they leave
 * out. Undefined when no file declares the service.
 * @param name - real name of the service
 * @param path - as in FieldChange; without it, the service's own place
 * @source spec/stack-file.md section 11
 */
export function placeOfField(spec: StackSpec, name: string, path = ''): Span | undefined {
  if (!spec.services.some((one) => one.Name === name)) return undefined;
  const key = longestPrefix(path)?.split('.') ?? [];
  return spec.locate(['services', descopeName(spec.stack, name), ...key]);
}

/** Where the files declare a network, secret or config; undefined for one they call by another name. */
export function placeOfObject(spec: StackSpec, resource: string, name: string): Span | undefined {
  const key = descopeName(spec.stack, name);
  return key === name ? undefined : spec.locate([`${resource}s`, key]);
}

/** `stack.yml:4:5: ` of a field, to begin a message with; empty where no file says so. */
export function formatPlace(spec: StackSpec, name: string, path?: string): string {
  const span = placeOfField(spec, name, path);
  return span ? `${span.file}:${span.start.line}:${span.start.column}: ` : '';
}

function longestPrefix(path: string): string | undefined {
  const fits = KEYS.filter(
    ([prefix]) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`),
  );
  return fits.toSorted(([a], [b]) => b.length - a.length)[0]?.[1];
}
