import { lintServices } from './lint-rule.ts';

/** Prefixes of labels that proxies read from services. */
const PROXIES = /^(?:traefik|caddy|haproxy|com\.df|sablier)(?:[._-]|$)/i;

/** Proxies for Swarm read labels of services; those of containers they do not see. */
export const proxyLabelOnContainer = lintServices('proxy-label-on-container', (service) =>
  Object.keys(service.labels ?? {})
    .filter((label) => PROXIES.test(label) && service.deploy?.labels?.[label] === undefined)
    .map((label) => ({
      path: ['labels', label],
      message: `the label ${label} is on the containers; a proxy for Swarm looks at the service`,
      hint: 'move it to deploy.labels',
    })),
);
