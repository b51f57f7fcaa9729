import { explanations, type Explanations } from './explanation.ts';

/** Codes of lint rules; each can be silenced with `x-tstack: {ignore: [CODE]}`. */
export const LINT_CODES: Explanations = explanations({
  'constraint-matches-nothing': [
    'A placement constraint asks for something that no node has, so tasks stay pending.',
    'constraints: [node.label.zone == a]',
    'Correct the key: node.labels.zone.',
  ],
  'start-first-with-host-port': [
    'The new task cannot have the port of the node while the old one has it.',
    'order: start-first with ports: [{mode: host, …}]',
    'Use stop-first, or mode: ingress.',
  ],
  'monitor-shorter-than-start': [
    'A new task counts as updated before its health is known.',
    'monitor: 5s with start_period: 60s',
    'Write a monitor as long as the start period.',
  ],
  'rollback-without-healthcheck': [
    'Only a process that ends is seen as a failure.',
    'failure_action: rollback without healthcheck',
    'Write a healthcheck.',
  ],
  'dependency-without-healthcheck': [
    'Something waits for the health of a service that has no check.',
    'condition: service_healthy',
    'Give the other service a healthcheck.',
  ],
  'proxy-label-on-container': [
    'A proxy for Swarm reads labels of services, not of containers.',
    'labels: {traefik.enable: "true"}',
    'Move the label to deploy.labels.',
  ],
  'floating-tag': [
    'The image is latest, by name or because no tag is given.',
    'image: nginx',
    'Name a version.',
  ],
  'unknown-ignored-code': [
    'x-tstack: {ignore: […]} names a rule that does not exist.',
    'x-tstack: {ignore: [floating-tags]}',
    'Write the code that the message to be silenced shows.',
  ],
  'privileged-assumption': [
    'A service needs the engine of a manager, or nearly all rights.',
    'volumes: ["/var/run/docker.sock:/var/run/docker.sock"]',
    'Add the constraint node.role == manager; add single capabilities.',
  ],
  'relative-bind': [
    'A bind mount is beside the stack file, which is on this machine only. In compose files an error.',
    'volumes: ["./data:/data"]',
    'Use a config, a named volume or an absolute path; on one machine silence it.',
  ],
  'local-volume-on-many-nodes': [
    'Each node has its own volume of a name, so a task that moves finds another one.',
    'volumes: ["data:/data"] without a constraint',
    'Keep the service on one node, or use a driver that shares.',
  ],
  'unused-network': ['No service is on a network.', 'networks: {old: {}}', 'Remove it.'],
  'unused-volume': ['No service mounts a volume.', 'volumes: {old: {}}', 'Remove it.'],
  'unused-secret': ['No service reads a secret.', 'secrets: {old: {file: ./x}}', 'Remove it.'],
  'unused-config': ['No service reads a config.', 'configs: {old: {file: ./x}}', 'Remove it.'],
});
