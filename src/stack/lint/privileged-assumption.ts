import { lintServices } from './lint-rule.ts';

const SOCKET = /^(?:\/var)?\/run\/docker\.sock$/;

/** A mounted engine socket is the engine of whatever node a task lands on; Swarm needs a manager's. */
export const privilegedAssumption = lintServices('privileged-assumption', (service) => {
  const constraints = service.deploy?.placement?.constraints ?? [];
  const isPlaced = constraints.some((one) => /^node\.(?:role|id|hostname|labels)/.test(one.trim()));
  const index = (service.volumes ?? []).findIndex(({ source = '' }) => SOCKET.test(source));
  const socket =
    index >= 0 && !isPlaced
      ? [
          {
            path: ['volumes', index],
            message:
              "the socket is that of any node's engine; only managers answer for the cluster",
            hint: 'add the placement constraint node.role == manager',
          },
        ]
      : [];
  const all = (service.cap_add ?? []).findIndex((one) => /^(?:CAP_)?(?:ALL|SYS_ADMIN)$/i.test(one));
  if (all < 0) return socket;
  const finding = {
    path: ['cap_add', all],
    message: 'the capability gives nearly all rights on the node',
    hint: 'add only what the process needs',
  };
  return [...socket, finding];
});
