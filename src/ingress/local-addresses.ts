import { networkInterfaces } from 'node:os';

/**
 * The addresses that a published port is listened for on: 127.0.0.1, every IPv4 address of the
 * machine, and all of IPv6 if there is any. Not 0.0.0.0, which would take the port from every task.
 */
export function localAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const v4 = all.filter((one) => one.family === 'IPv4').map((one) => one.address);
  const hasV6 = all.some((one) => one.family === 'IPv6');
  const outside = v4.filter((address) => !address.startsWith('127.')).sort();
  return [...new Set(['127.0.0.1', ...outside]), ...(hasV6 ? ['::'] : [])];
}
