import { UserError } from '../../base/errors.ts';
import { lookUp } from '../../orchestrator/control/look-up.ts';
import { toApiNode } from '../../orchestrator/store/project.ts';
import type { NodeAvailability, NodeDescription, NodeRole } from '../../swarm/node.ts';
import type { NodeId, StringMap } from '../../swarm/object.ts';
import type { ActiveSwarm } from '../backend.ts';
import { anything, int64, list, map, struct, text, type Shape } from '../go-json/shape.ts';
import { httpError } from '../http-errors.ts';
import { empty, json, managerRoute, type Answer, type ApiRequest, type Route } from '../route.ts';

/** Body of `POST /tstack/v1/nodes`; absent members mean the default. */
export interface LogicalNodeRequest {
  readonly Hostname?: string;
  /** Default `worker`. */
  readonly Role?: NodeRole;
  /** Default `active`. */
  readonly Availability?: NodeAvailability;
  readonly Labels?: StringMap;
  readonly Addr?: string;
  readonly Platform?: NodeDescription['Platform'];
  /** Default: this machine's. */
  readonly Resources?: NodeDescription['Resources'];
  readonly EngineLabels?: StringMap;
  readonly Plugins?: NonNullable<NodeDescription['Engine']>['Plugins'];
}

const request: Shape = struct('tstack.LogicalNodeRequest', {
  Hostname: text,
  Role: text,
  Availability: text,
  Labels: map(text),
  Addr: text,
  Platform: struct('tstack.Platform', { Architecture: text, OS: text }),
  Resources: struct('tstack.Resources', {
    NanoCPUs: int64,
    MemoryBytes: int64,
    GenericResources: anything,
  }),
  EngineLabels: map(text),
  Plugins: list(struct('tstack.Plugin', { Type: text, Name: text })),
});

type NodeAct = (swarm: ActiveSwarm, node: NodeId) => Promise<void>;

/**
 * Life of logical nodes, beside the Engine API and under a prefix of our own:
 *
 * - `GET /tstack/v1/nodes`: nodes as in `GET /nodes`, each with `IsUp`;
 * - `POST /tstack/v1/nodes`: a new one, 201 `{"ID"}`;
 * - `POST /tstack/v1/nodes/{id}/fail`, `…/recover`, `…/leave`: 200, empty.
 *
 * Everything else about nodes is the Engine API's.
 * @source design.md section 4 (logical nodes)
 */
export const logicalNodeRoutes: readonly Route[] = [
  managerRoute({
    method: 'GET',
    path: '/tstack/v1/nodes',
    handle: (_request, { swarm: { store, nodes } }) =>
      json(
        store.view.list('node').map((node) => ({ ...toApiNode(node), IsUp: nodes.isUp(node.ID) })),
      ),
  }),
  managerRoute<LogicalNodeRequest>({
    method: 'POST',
    path: '/tstack/v1/nodes',
    body: request,
    handle: async (_request, { swarm }, body) => {
      const ID = await asConflict(() => join(swarm, body));
      await swarm.store.durable();
      return json({ ID }, 201);
    },
  }),
  nodeAct('fail', (swarm, node) => swarm.nodes.fail(node)),
  nodeAct('recover', (swarm, node) => swarm.nodes.bringUp(node)),
  nodeAct('leave', (swarm, node) => swarm.nodes.leave(node)),
];

function nodeAct(word: string, act: NodeAct): Route {
  return managerRoute({
    method: 'POST',
    path: `/tstack/v1/nodes/:id/${word}`,
    handle: async ({ params }: ApiRequest, { swarm }): Promise<Answer> => {
      const { ID } = lookUp(swarm.store.view, 'node', params['id'] ?? '');
      await asConflict(() => act(swarm, ID));
      await swarm.store.durable();
      return empty();
    },
  });
}

function join(swarm: ActiveSwarm, body: LogicalNodeRequest): Promise<NodeId> {
  const { Role = 'worker', Availability = 'active', EngineLabels, Plugins } = body;
  if (!['worker', 'manager'].includes(Role)) {
    throw httpError('invalid-argument', `invalid Role: ${JSON.stringify(Role)}`);
  }
  if (!['active', 'pause', 'drain'].includes(Availability)) {
    throw httpError('invalid-argument', `invalid Availability: ${JSON.stringify(Availability)}`);
  }
  const Engine = { ...(EngineLabels && { Labels: EngineLabels }), ...(Plugins && { Plugins }) };
  return swarm.nodes.join({
    hostname: body.Hostname,
    role: Role,
    availability: Availability,
    labels: body.Labels ?? {},
    addr: body.Addr,
    description: {
      ...(body.Platform && { Platform: body.Platform }),
      ...(body.Resources && { Resources: body.Resources }),
      ...(Object.keys(Engine).length > 0 && { Engine }),
    },
  });
}

/** What the daemon refuses about its nodes is a conflict with how they are. */
async function asConflict<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof UserError ? httpError('conflict', error.message) : error;
  }
}
