import { lookUp } from '../../orchestrator/control/look-up.ts';
import { toApiNode } from '../../orchestrator/store/project.ts';
import type { StoredNode } from '../../orchestrator/store/stored-object.ts';
import type { Node, NodeSpec } from '../../swarm/node.ts';
import type { TlsInfo } from '../backend.ts';
import { httpError } from '../http-errors.ts';
import {
  matchesExactly,
  matchesLabels,
  matchesPrefix,
  readFilters,
  type ListFilters,
} from '../list-filters.ts';
import { empty, json, managerRoute, type Route } from '../route.ts';
import { nodeSpec } from '../shapes/swarm-requests.ts';

const FILTERS = ['id', 'name', 'label', 'node.label', 'membership', 'role'];

/** @source spec/engine-api.md section 5 */
export const nodeRoutes: readonly Route[] = [
  managerRoute({
    method: 'GET',
    path: '/nodes',
    handle: ({ query }, { swarm: { store, keys } }) => {
      const filters = readFilters(query, FILTERS);
      checkWords(filters, 'role', ['worker', 'manager']);
      checkWords(filters, 'membership', ['accepted', 'pending']);
      const found = store.view.list('node').filter((node) => matches(node, filters));
      const tls = keys.tlsInfo();
      return json(found.map((node) => show(node, tls)));
    },
  }),
  managerRoute({
    method: 'GET',
    path: '/nodes/:id',
    handle: ({ params }, { swarm: { store, keys } }) =>
      json(show(lookUp(store.view, 'node', params['id'] ?? ''), keys.tlsInfo())),
  }),
  managerRoute<NodeSpec>({
    method: 'POST',
    path: '/nodes/:id/update',
    body: nodeSpec,
    handle: async ({ params, query }, { swarm: { control, store } }, spec) => {
      const version = query.version('node');
      control.updateNode(params['id'] ?? '', spec, { version });
      await store.durable();
      return empty();
    },
  }),
  managerRoute({
    method: 'DELETE',
    path: '/nodes/:id',
    handle: async ({ params, query }, { swarm: { control, store } }) => {
      control.removeNode(params['id'] ?? '', { force: query.flag('force') });
      await store.durable();
      return empty();
    },
  }),
];

/** A node as the API shows it: its certificate is of the cluster's own root. */
function show(stored: StoredNode, tls: TlsInfo): Node {
  const node = toApiNode(stored);
  return { ...node, Description: { ...node.Description, TLSInfo: { ...tls } } };
}

function matches(node: StoredNode, filters: ListFilters): boolean {
  const { ID, Role, Spec, Description } = node;
  return (
    matchesPrefix(filters, 'id', ID) &&
    matchesPrefix(filters, 'name', Description.Hostname ?? '') &&
    matchesLabels(filters, 'label', Description.Engine?.Labels) &&
    matchesLabels(filters, 'node.label', Spec.Labels) &&
    matchesExactly(filters, 'membership', 'accepted') &&
    matchesExactly(filters, 'role', Role)
  );
}

function checkWords(filters: ListFilters, key: string, words: readonly string[]): void {
  for (const word of filters.get(key) ?? []) {
    if (!words.includes(word)) {
      throw httpError('internal', `Invalid ${key} filter: '${word}'`);
    }
  }
}
