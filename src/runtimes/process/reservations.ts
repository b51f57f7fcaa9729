import { lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Random } from '../../base/random.ts';
import type { Assignment } from '../../orchestrator/agent/executor.ts';
import type { TaskId } from '../../swarm/object.ts';
import type { PortConfig } from '../../swarm/service.ts';
import { chooseAddress, choosePort } from './addresses.ts';
import type { WantedPort } from './listeners.ts';
import type { TaskPort, TaskRecord } from './task-record.ts';

/** What tasks hold of the machine: loopback addresses, ports and mount points. */
export class Reservations {
  readonly #random: Random;
  readonly #isPortFree: (port: number) => Promise<boolean>;
  readonly #records = new Map<TaskId, Holding>();
  readonly #ports = new Set<number>();
  readonly #addresses = new Set<string>();

  constructor(random: Random, isPortFree: (port: number) => Promise<boolean>) {
    this.#random = random;
    this.#isPortFree = isPortFree;
  }

  /** Takes up what a record says. */
  take(record: TaskRecord): void {
    this.#hold(record.id, record);
  }

  async reserve(assignment: Assignment): Promise<Holding & Pick<TaskRecord, 'hostPorts'>> {
    const { task, service } = assignment;
    const declared = task.Endpoint?.Ports ?? service?.Spec.EndpointSpec?.Ports ?? [];
    const address = chooseAddress(task.ID, this.#addresses);
    this.#addresses.add(address);
    const targets = new Set(declared.map((one) => one.TargetPort));
    const ports: TaskPort[] = [];
    for (const targetPort of targets.size > 0 ? targets : [0]) {
      ports.push({ targetPort, port: await this.#freePort() });
    }
    const hostPorts: PortConfig[] = [];
    for (const port of declared.filter((one) => one.PublishMode === 'host')) {
      hostPorts.push({ ...port, PublishedPort: port.PublishedPort || (await ephemeralPort()) });
    }
    const holding = { address, ports, mountPoints: [] };
    this.#hold(task.ID, holding);
    return { ...holding, hostPorts };
  }

  /** Gives back what a task held; mount points that only it had are removed when empty. */
  release(record: TaskRecord): void {
    this.#records.delete(record.id);
    this.#addresses.delete(record.address);
    for (const { port } of record.ports) this.#ports.delete(port);
    const others = new Set([...this.#records.values()].flatMap((one) => one.mountPoints));
    for (const path of record.mountPoints.toReversed()) if (!others.has(path)) removeEmpty(path);
  }

  /** What is known of a task's port; undefined when the task was never prepared. */
  wantedPort(task: TaskId, targetPort: number): WantedPort | undefined {
    const record = this.#records.get(task);
    if (!record) return undefined;
    const { address, ports } = record;
    const own =
      ports.find((one) => one.targetPort === targetPort) ??
      (targetPort === 0 ? ports[0] : undefined);
    return { address, ownPort: own?.port, targetPort };
  }

  /** A task's loopback address; undefined when it was never prepared. */
  addressOf(task: TaskId): string | undefined {
    return this.#records.get(task)?.address;
  }

  #hold(id: TaskId, holding: Holding): void {
    this.#records.set(id, holding);
    this.#addresses.add(holding.address);
    for (const { port } of holding.ports) this.#ports.add(port);
  }

  async #freePort(): Promise<number> {
    const tried = new Set(this.#ports);
    for (;;) {
      const port = choosePort(this.#random, tried);
      if (port === undefined) throw new Error('every port for tasks is taken');
      tried.add(port);
      // Kept before it is looked at, so that two tasks do not choose the same.
      if (this.#ports.has(port)) continue;
      this.#ports.add(port);
      if (await this.#isPortFree(port)) return port;
      this.#ports.delete(port);
    }
  }
}

type Holding = Pick<TaskRecord, 'address' | 'ports' | 'mountPoints'>;

/** A port that the system says is free now. */
function ephemeralPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '0.0.0.0' }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function removeEmpty(path: string): void {
  try {
    const found = lstatSync(path);
    if (found.isDirectory()) rmdirSync(path);
    else if (found.isFile() && found.size === 0) unlinkSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EBUSY') throw error;
  }
}
