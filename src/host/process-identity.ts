import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { processStart } from './instance-lock.ts';

/** This process, so that another one on the machine can tell whether it still runs. */
export function processIdentity(): string {
  const start = processStart(process.pid);
  const namespace = pidNamespace();
  return start === '' || namespace === '' ? '' : `${namespace} ${process.pid} ${start}`;
}

/**
 * Whether a process is known to have ended; false when this machine cannot tell.
 *
 * Only a process of the same boot and the same PID namespace can be judged: another container may
 * have the same host name.
 */
export function isProcessGone(identity: string): boolean {
  const [namespace = '', pid = '', start = ''] = identity.split(' ');
  if (start === '' || namespace !== pidNamespace() || !/^\d+$/.test(pid)) return false;
  if (start.split('/')[0] !== bootId()) return false;
  return processStart(Number(pid)) !== start;
}

/** `alice@ci-runner-7`, as far as the system tells. */
export function whoAmI(): { readonly user: string; readonly host: string } {
  let user: string;
  try {
    user = userInfo().username;
  } catch {
    // A container's user need not have a name.
    user = `uid ${process.getuid?.() ?? 'unknown'}`;
  }
  return { user, host: hostname() };
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
