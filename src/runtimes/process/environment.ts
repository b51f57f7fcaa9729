import type { TaskPort } from './task-record.ts';

/** A service that a task can reach by its virtual IP. */
export interface Peer {
  /** The service's names, e.g. `shop_api` and `api`; each gives a set of variables. */
  readonly names: readonly string[];
  /** Its virtual IP. */
  readonly host: string;
  /** In the order of the service's spec; may be empty. */
  readonly ports: readonly { readonly targetPort: number; readonly port: number }[];
}

/** What a task is told of itself and its surroundings. */
export interface EnvironmentFacts {
  /** The service's own entries, placeholders expanded: `KEY=value`, or `KEY` to have none. */
  readonly env: readonly string[];
  /** PATH that is given when the service sets none. */
  readonly path: string;
  readonly home: string;
  readonly hostname: string;
  /** The task's own loopback address. */
  readonly address: string;
  readonly ports: readonly TaskPort[];
  readonly peers: readonly Peer[];
  /** Directories of its secrets and configs. */
  readonly secretsDirectory: string;
  readonly configsDirectory: string;
  readonly mark: { readonly variable: string; readonly value: string };
}

/**
 * The whole environment of a task: nothing is taken over from the daemon's but PATH.
 *
 * What the service sets itself wins, but for the mark that processes are found by.
 */
export function toEnvironment(facts: EnvironmentFacts): ReadonlyMap<string, string> {
  const [first] = facts.ports;
  const all = new Map<string, string>([
    ['PATH', facts.path],
    ['HOME', facts.home],
    ['HOSTNAME', facts.hostname],
    ['HOST', facts.address],
    ...(first ? [['PORT', String(first.port)] as const] : []),
    ...facts.ports
      .filter((one) => one.targetPort !== 0)
      .map((one) => [`PORT_${one.targetPort}`, String(one.port)] as const),
    ['TSTACK_SECRETS_DIR', facts.secretsDirectory],
    ['TSTACK_CONFIGS_DIR', facts.configsDirectory],
    ...facts.peers.flatMap(peerVariables),
  ]);
  for (const entry of facts.env) {
    const at = entry.indexOf('=');
    if (at < 0) all.delete(entry);
    else all.set(entry.slice(0, at), entry.slice(at + 1));
  }
  all.set(facts.mark.variable, facts.mark.value);
  return all;
}

function peerVariables(peer: Peer): (readonly [string, string])[] {
  return peer.names.flatMap((name) => {
    const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    const [first] = peer.ports;
    return [
      [`${prefix}_SERVICE_HOST`, peer.host] as const,
      ...(first ? [[`${prefix}_SERVICE_PORT`, String(first.port)] as const] : []),
      ...peer.ports.map(
        (one) => [`${prefix}_SERVICE_PORT_${one.targetPort}`, String(one.port)] as const,
      ),
    ];
  });
}

/** Whether a shell keeps a variable of this name in the environment of what it starts. */
export function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
