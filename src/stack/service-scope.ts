import type { StringMap } from '../swarm/object.ts';
import type { ContainerSpec, ServiceSpec, TaskSpec } from '../swarm/service.ts';
import type { Format } from './format.ts';
import type { NetworkModel } from './keys/networks.ts';
import type { FileObjectModel } from './keys/secrets-and-configs.ts';
import type { VolumeModel } from './keys/volumes.ts';
import type { ReadFile } from './read-file.ts';
import type { Compat } from './read-stack.ts';
import type { Path, Problem } from './report.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The parts of a service spec while its keys are converted one after another. */
export interface ServiceDraft {
  readonly container: Mutable<ContainerSpec>;
  readonly task: Mutable<Omit<TaskSpec, 'ContainerSpec'>>;
  readonly service: Mutable<Omit<ServiceSpec, 'Name' | 'Labels' | 'TaskTemplate'>>;
  /** deploy.labels, without the stack's own. */
  serviceLabels: StringMap;
  /** labels, without the stack's own. */
  containerLabels: StringMap;
}

/** What converting one service may look at. */
export interface ServiceScope {
  readonly stack: string;
  /** Key of the service in the file. */
  readonly service: string;
  readonly compat: Compat;
  readonly format: Format;
  /** Every key of the service, for keys that are read together. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly readFile: ReadFile;
  /** Absolute: what relative paths at a path below the service refer to. */
  readonly directoryOf: (path: Path) => string;
  readonly draft: ServiceDraft;
  readonly networks: Readonly<Record<string, NetworkModel>>;
  readonly volumes: Readonly<Record<string, VolumeModel>>;
  readonly secrets: Readonly<Record<string, FileObjectModel>>;
  readonly configs: Readonly<Record<string, FileObjectModel>>;
  /**
   * Reports an error of this service; the message starts with `service <key>: `, as docker's.
   * @param path - below the service: `['volumes', 0]`
   */
  error(path: Path, finding: Finding): void;
  /** Reports a problem of this service with a message of its own. */
  problem(path: Path, problem: Omit<Problem, 'place'>): void;
}

interface Finding {
  readonly code: string;
  readonly reason: string;
  readonly hint?: string;
}

/** A member of a record, and only its own: `__proto__` and friends are absent. */
export function lookUp<V>(record: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
