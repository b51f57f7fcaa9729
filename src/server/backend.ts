import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Executor } from '../orchestrator/agent/executor.ts';
import type { Control } from '../orchestrator/control.ts';
import type { Store } from '../orchestrator/store/store.ts';
import type { ClusterSpec } from '../swarm/cluster.ts';
import type { NodeAvailability, NodeDescription, NodeRole } from '../swarm/node.ts';
import type { NodeId, StringMap, TaskId } from '../swarm/object.ts';

/*
 * What the Engine API server needs of the daemon, and nothing else. The daemon assembles it from
 * the orchestrator, its persistence, a runtime and its certificates; tests from memory.
 */

/** What does not change while the daemon runs, for `/version` and `/info`. */
export interface DaemonFacts {
  /** Of this installation, kept across restarts. */
  readonly id: string;
  /** Our own version, `MAJOR.MINOR.PATCH`. */
  readonly version: string;
  readonly hostname: string;
  /** Go's name: `amd64`, `arm64`. */
  readonly arch: string;
  /** The kernel's name: `x86_64`, `aarch64`. */
  readonly machine: string;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Folder that holds the daemon's state. */
  readonly rootDir: string;
}

/** Body of `POST /swarm/init`, decoded and checked; absent members mean the default. */
export interface SwarmInit {
  readonly spec: Partial<ClusterSpec>;
  readonly listenAddr: string;
  readonly advertiseAddr: string;
  readonly availability: NodeAvailability;
  readonly defaultAddrPool?: readonly string[] | undefined;
  readonly subnetSize?: number | undefined;
  readonly dataPathPort?: number | undefined;
  readonly forceNewCluster: boolean;
}

/** The cluster's trust root as nodes and clients see it; the last two are base64. */
export interface TlsInfo {
  readonly TrustRoot: string;
  readonly CertIssuerSubject: string;
  readonly CertIssuerPublicKey: string;
}

/** What changes about a cluster's keys, beside its spec. */
export interface KeyChange {
  readonly rotateWorkerToken: boolean;
  readonly rotateManagerToken: boolean;
  readonly rotateUnlockKey: boolean;
  /** Whether managers are to be locked: turning it on makes a key, turning it off forgets it. */
  readonly autolock: boolean;
  /** A new root certificate is wanted. */
  readonly rotateCa: boolean;
}

/** The keys of a cluster. They are secrets: no event, no log. */
export interface ClusterKeys {
  tlsInfo(): TlsInfo;
  /** `SWMTKN-1-<50 of base 36>-<25 of base 36>` each. */
  joinTokens(): { readonly Worker: string; readonly Manager: string };
  /** `SWMKEY-1-<43 of base64>`; empty while autolock is off. */
  unlockKey(): string;
  /** Resolves when the change is on disk. */
  change(change: KeyChange): Promise<void>;
}

/** A node to be added to this machine. */
export interface NewLogicalNode {
  /** Host name; absent: the next free one of its role. */
  readonly hostname?: string | undefined;
  readonly role: NodeRole;
  readonly availability: NodeAvailability;
  readonly labels: StringMap;
  /** What the node reports of itself, over what the daemon fills in. */
  readonly description: NodeDescription;
  readonly addr?: string | undefined;
}

/** Life of the logical nodes: several nodes, one machine. */
export interface LogicalNodes {
  /** Adds a node; it is ready when this resolves. @throws UserError a bad or used host name */
  join(node: NewLogicalNode): Promise<NodeId>;
  /** The node falls silent, as in a crash: what runs on it goes on. */
  fail(node: NodeId): Promise<void>;
  /** A failed node comes back with its id. */
  bringUp(node: NodeId): Promise<void>;
  /** The node leaves of its own will: down at once, its tasks are removed. */
  leave(node: NodeId): Promise<void>;
  /** Whether the node's agent is at work. */
  isUp(node: NodeId): boolean;
}

/** A cluster that this daemon manages. */
export interface ActiveSwarm {
  /** Its view answers every GET; every answer to a write awaits `store.durable()`. */
  readonly store: Pick<Store, 'view' | 'watch' | 'durable'>;
  readonly control: Control;
  /** The node that answers for this daemon: a manager. */
  readonly self: NodeId;
  readonly keys: ClusterKeys;
  readonly nodes: LogicalNodes;
}

/** Whether this daemon is in a swarm. */
export type SwarmState =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'active'; readonly swarm: ActiveSwarm };

/** Joins, leaves and unlocks the swarm. */
export interface SwarmMembership {
  state(): SwarmState;
  /** Calls back at every later change of the state; the returned function ends that. */
  watch(changed: (state: SwarmState) => void): () => void;
  /** Starts a new cluster with one manager. Called while inactive. */
  init(request: SwarmInit): Promise<ActiveSwarm>;
  /** Forgets the cluster and removes what runs. Called while active or locked. */
  leave(): Promise<void>;
  /** @returns false when the key is wrong */
  unlock(key: string): Promise<boolean>;
}

/** A container engine behind us, whose answers are passed on as they are. */
export interface BackingEngine {
  /** How messages call it: its address. */
  readonly name: string;
  /** The highest API version it has: `1.41`. */
  readonly apiVersion: string;
  /** A new connection to its API. @throws Error (rejects) when it does not answer */
  connect(): Promise<Duplex>;
}

/** A command to run beside a task. */
export interface ExecRequest {
  readonly command: readonly string[];
  /** `KEY=value` */
  readonly env: readonly string[];
  readonly dir?: string | undefined;
  readonly user?: string | undefined;
  readonly hasTty: boolean;
}

/** A command that runs beside a task. */
export interface ExecProcess {
  readonly kind: 'running';
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  /** Resolves at the end with the exit code. */
  readonly exited: Promise<number>;
  kill(): void;
  resize?(size: { readonly rows: number; readonly columns: number }): void;
}

/** A command that cannot be executed. */
export interface ExecRefusal {
  readonly kind: 'refused';
  /** As the engine's runtime says it: `exec: "nope": executable file not found in $PATH`. */
  readonly reason: string;
  /** 126 or 127. */
  readonly exitCode: number;
}

/** What a runtime without an engine lets clients do with running tasks. */
export interface TaskAccess {
  /** Sends a signal: `SIGTERM`. Resolves when sent. @throws Error (rejects) nothing runs */
  signal(task: TaskId, signal: string): Promise<void>;
  /** Stops what runs and removes what is left of it, behind the agent's back. */
  discard(task: TaskId): Promise<void>;
  /** @throws Error (rejects) nothing runs, or the user cannot be had */
  exec?(task: TaskId, request: ExecRequest): Promise<ExecProcess | ExecRefusal>;
  /** Process id, parent, user, command of what runs for the task. */
  processes?(task: TaskId): Promise<readonly TaskProcess[]>;
}

export interface TaskProcess {
  readonly user: string;
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Something that happened on this machine, beside the swarm's own events. */
export interface LocalEvent {
  readonly type: 'container' | 'network' | 'volume' | 'image';
  readonly action: string;
  readonly id: string;
  readonly attributes: StringMap;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What the server needs. */
export interface Backend {
  readonly clock: Clock;
  readonly facts: DaemonFacts;
  readonly membership: SwarmMembership;
  readonly executor: Pick<Executor, 'name' | 'readLogs'>;
  /** Absent: tasks run without a container engine. */
  readonly engine?: BackingEngine | undefined;
  /** Absent: what runs cannot be touched through the container API. */
  readonly tasks?: TaskAccess | undefined;
  /** Absent: nothing local is told. The returned function ends it. */
  readonly watchLocalEvents?: ((tell: (event: LocalEvent) => void) => () => void) | undefined;
}
