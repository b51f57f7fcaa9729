import type { CallOptions, Filters } from './client.ts';

/** Body of `POST /containers/create`. @source Engine API, ContainerCreate */
export type ContainerCreate = Readonly<Record<string, unknown>> & {
  readonly Image: string;
  readonly Labels?: Readonly<Record<string, string>>;
};

/** @source Engine API, ContainerInspect (the members tstack reads) */
export interface ContainerState {
  readonly Id: string;
  readonly State: {
    /** created, running, paused, restarting, removing, exited or dead. */
    readonly Status: string;
    readonly Running: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly Health?: { readonly Status?: string } | null;
  };
  readonly Config?: { readonly Tty?: boolean };
  readonly NetworkSettings?: {
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null;
  };
}

/** @source Engine API, ContainerSummary */
export interface ContainerSummary {
  readonly Id: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** @source Engine API, EventMessage */
export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: {
    readonly ID: string;
    readonly Attributes?: Readonly<Record<string, string>>;
  };
}

/** A piece of a container's output. */
export interface ContainerOutput {
  readonly stream: 'stdout' | 'stderr';
  /** With `timestamps`, each line begins with one and a blank. */
  readonly data: Uint8Array;
}

/** Which output is wanted. */
export interface ContainerLogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tail?: number | undefined;
  /** Seconds since the epoch, with a fraction. */
  readonly since?: string | undefined;
  /** Its output is one raw stream. */
  readonly hasTerminal: boolean;
}

/** A network of one engine, as far as it is asked for. */
export interface LocalNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/**
 * The part of an engine that runs containers: Docker, or Podman's Docker-compatible service.
 *
 * Every method rejects with EngineError (the engine's own words behind `Error response from daemon: `).
 */
export interface ContainerEngine {
  /** Of every request: `1.41`. */
  readonly apiVersion: string;
  create(
    name: string,
    body: ContainerCreate,
    options?: CallOptions,
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }>;
  start(id: string, options?: CallOptions): Promise<void>;
  /** Resolves when it has stopped. */
  stop(id: string, query: { readonly graceSeconds: number } & CallOptions): Promise<void>;
  kill(id: string, options?: CallOptions): Promise<void>;
  /** By force, with its anonymous volumes; done already is done. */
  remove(id: string, options?: CallOptions): Promise<void>;
  inspect(id: string, options?: CallOptions): Promise<ContainerState>;
  /** Stopped ones too. */
  list(filters: Filters, options?: CallOptions): Promise<readonly ContainerSummary[]>;
  logs(id: string, query: ContainerLogQuery & CallOptions): AsyncIterable<ContainerOutput>;
  /** Begins when the engine has answered; ends with the connection. */
  events(filters: Filters, signal: AbortSignal): Promise<AsyncIterable<EngineEvent>>;
  hasImage(reference: string, options?: CallOptions): Promise<boolean>;
  /** Resolves when the image is there. */
  pull(
    reference: string,
    query: { readonly registryAuth?: string | undefined } & CallOptions,
  ): Promise<void>;
  createNetwork(body: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<string>;
  listNetworks(filters: Filters, options?: CallOptions): Promise<readonly LocalNetwork[]>;
  removeNetwork(id: string, options?: CallOptions): Promise<void>;
  connectNetwork(
    network: string,
    body: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<void>;
  /** Named volumes are made by the engine itself; these have a driver or options. */
  createVolume(body: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<void>;
  close(): void;
}
