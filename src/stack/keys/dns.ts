import type { ContainerSpec } from '../../swarm/service.ts';
import { parseIp } from '../../base/ip-address.ts';
import { textList } from '../collections.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import type { ServiceScope } from '../service-scope.ts';

/** Name servers of the container. @source spec/stack-file.md 8.4 */
export const dns: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
  convert: (value, scope) => {
    const servers = value.filter((server, index) => isServer(server, index, scope));
    if (servers.length > 0) extend(scope, { Nameservers: servers });
  },
});

/** Domains tried for short names. @source spec/stack-file.md 8.4 */
export const dnsSearch: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
  convert: (value, scope) => {
    if (value.length > 0) extend(scope, { Search: value });
  },
});

/** Options of the resolver. @source research/demand.md 5.3 */
export const dnsOpt: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
  convert: (value, scope) => {
    if (value.length > 0) extend(scope, { Options: value });
  },
});

function extend({ draft }: ServiceScope, more: NonNullable<ContainerSpec['DNSConfig']>): void {
  draft.container.DNSConfig = { ...draft.container.DNSConfig, ...more };
}

/** Deviates: docker drops what is no address without a word; D-0060. */
function isServer(server: string, index: number, scope: ServiceScope): boolean {
  if (parseIp(server)) return true;
  if (scope.compat === 'none') {
    scope.error(['dns', index], {
      code: 'invalid-dns-server',
      reason: `dns server "${server}" is not an IP address`,
      hint: 'name servers are given by address; "dns_search" takes domain names',
    });
  }
  return false;
}
