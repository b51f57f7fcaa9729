import { openClusterStore } from '../../src/release/cluster-store.ts';
import { oneService, type Fault } from './faults.ts';

const IN_CLUSTER = `name: shop
x-tstack: {history: cluster}
services:
  web: {image: "good:1", configs: [page]}
configs:
  page: {content: x}
`;

const HELD = {
  actor: { user: 'bob', host: 'ci-7' },
  command: 'deploy',
  since: '1970-01-01T00:00:00.000Z',
  expires: '2100-01-01T00:00:00.000Z',
  process: '',
};

/** What goes wrong between deploys: others at work, objects that others hold. */
export const RELEASE_FAULTS: readonly Fault[] = [
  {
    when: 'a second deploy at once',
    file: IN_CLUSTER,
    arrange: ({ client }) => {
      void openClusterStore(client, 'shop').createLock(JSON.stringify(HELD), undefined);
    },
    exit: 8,
    cause: 'stack-locked',
  },
  {
    when: 'rm: a config stays in use',
    before: IN_CLUSTER,
    argv: ['rm', '--progress', 'json', 'shop'],
    arrange: (engine) =>
      engine.fail({
        matches: /DELETE \/configs/,
        message: "rpc error: code = InvalidArgument desc = config 'shop_page' is in use",
        status: 400,
        times: 100,
      }),
    exit: 1,
    cause: 'failed',
  },
  {
    when: 'start-first update: its host port is held by the old tasks',
    before: oneService('good:1', 'update_config: {order: start-first}'),
    file: oneService('bad:1', 'update_config: {order: start-first}'),
    bad: { kind: 'pending', error: 'no suitable node (host-mode port already in use on 3 nodes)' },
    exit: 7,
    cause: 'port',
  },
];
