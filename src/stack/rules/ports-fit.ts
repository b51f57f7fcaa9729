import { eachService } from './rule.ts';

/** Ports fit the endpoint mode, and are published once. @source spec/stack-file.md 8.6 */
export const portsFit = eachService(({ EndpointSpec }) => {
  const ports = EndpointSpec?.Ports ?? [];
  const isIngress = ports.some(({ PublishMode }) => (PublishMode ?? 'ingress') === 'ingress');
  if (EndpointSpec?.Mode === 'dnsrr' && isIngress) {
    return [
      {
        path: ['deploy', 'endpoint_mode'],
        code: 'dnsrr-with-ingress-port',
        reason: "port published with ingress mode can't be used with dnsrr mode",
        hint: 'publish the port with "mode: host", or use endpoint_mode vip',
      },
    ];
  }
  const seen = new Set<string>();
  return ports.flatMap(({ PublishedPort = 0, Protocol = 'tcp' }) => {
    const key = `${PublishedPort}/${Protocol}`;
    const isTwin = PublishedPort !== 0 && seen.has(key);
    seen.add(key);
    if (!isTwin) return [];
    return {
      path: ['ports'],
      code: 'duplicate-published-port',
      reason: `duplicate published ports provided: ${key}`,
      hint: 'publish each port once',
    };
  });
});
