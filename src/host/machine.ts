import { readFileSync } from 'node:fs';
import {
  arch,
  availableParallelism,
  hostname,
  machine,
  platform,
  release,
  totalmem,
} from 'node:os';

/** What the operating system tells of this machine. */
export interface Machine {
  readonly hostname: string;
  /** Go's name: `amd64`, `arm64`. */
  readonly arch: string;
  /** The kernel's: `x86_64`, `aarch64`. */
  readonly machine: string;
  readonly os: string;
  readonly kernelVersion: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly operatingSystem: string;
  /** `12` */
  readonly osVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** Looks at this machine. */
export function describeMachine(): Machine {
  const osRelease = readOsRelease();
  return {
    hostname: hostname(),
    arch: GO_ARCH[arch()] ?? arch(),
    machine: machine(),
    os: platform(),
    kernelVersion: release(),
    operatingSystem: osRelease.get('PRETTY_NAME') ?? platform(),
    osVersion: osRelease.get('VERSION_ID') ?? '',
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** @source os-release(5) */
function readOsRelease(): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    return new Map();
  }
  const pairs = [...text.matchAll(/^([A-Z_]+)=(?:"(.*)"|(.*))$/gm)];
  return new Map(pairs.map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
}
