import type { ClusterSpec } from '../../swarm/cluster.ts';
import type { ActiveSwarm, SwarmMembership } from '../backend.ts';
import { httpError } from '../http-errors.ts';
import { parseGoBool, type Query } from '../query.ts';
import { decodeBody, empty, json, managerRoute, notManagerText, type Route } from '../route.ts';
import { initRequest, joinRequest, swarmSpec, unlockRequest } from '../shapes/swarm-requests.ts';
import { showCluster } from '../swarm-answer.ts';
import { readSwarmInit, type InitBody } from '../swarm-init.ts';

const ALREADY_IN =
  'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.';
const LAST_MANAGER =
  'You are attempting to leave the swarm on a node that is participating as a manager. Removing the last manager erases all current state of the swarm. Use `--force` to ignore this message. ';
const ONE_MACHINE =
  'This cluster lives on one machine and cannot join another: add nodes to it with "tstack node add".';

/** @source spec/engine-api.md section 4 */
export const swarmRoutes: readonly Route[] = [
  managerRoute({
    method: 'GET',
    path: '/swarm',
    handle: (_request, { swarm }) =>
      json({ ...showCluster(swarm), JoinTokens: swarm.keys.joinTokens() }),
  }),
  {
    method: 'POST',
    path: '/swarm/init',
    handle: async (request, { backend: { membership } }) => {
      const body = decodeBody(request, initRequest) as InitBody;
      refuseMember(membership);
      const wanted = readSwarmInit(body);
      const swarm = await membership.init(wanted);
      if (wanted.spec.EncryptionConfig?.AutoLockManagers) {
        await swarm.keys.change({ ...NO_KEY_CHANGE, autolock: true });
      }
      await swarm.store.durable();
      return json(swarm.self);
    },
  },
  {
    method: 'POST',
    path: '/swarm/join',
    handle: (request, { backend: { membership } }) => {
      const body = decodeBody(request, joinRequest) as JoinBody;
      refuseMember(membership);
      if (!body.RemoteAddrs?.length) {
        throw httpError('invalid-argument', 'at least 1 RemoteAddr is required to join');
      }
      if (!/^SWMTKN-1-[\da-z]{50}-[\da-z]{25}$/.test(body.JoinToken ?? '')) {
        throw httpError('internal', 'invalid join token');
      }
      throw httpError('not-implemented', ONE_MACHINE);
    },
  },
  {
    method: 'POST',
    path: '/swarm/leave',
    handle: async ({ query }, { backend: { membership } }) => {
      const { kind } = membership.state();
      if (kind === 'inactive') throw httpError('unavailable', 'This node is not part of a swarm');
      if (!query.flag('force')) {
        throw httpError('unavailable', kind === 'active' ? LAST_MANAGER : notManagerText(kind));
      }
      await membership.leave();
      return empty();
    },
  },
  managerRoute<Partial<ClusterSpec>>({
    method: 'POST',
    path: '/swarm/update',
    body: swarmSpec,
    handle: async ({ query }, { swarm }, spec) => {
      await updateSwarm(swarm, query, spec);
      return empty();
    },
  }),
  managerRoute({
    method: 'GET',
    path: '/swarm/unlockkey',
    handle: (_request, { swarm }) => json({ UnlockKey: swarm.keys.unlockKey() }),
  }),
  {
    method: 'POST',
    path: '/swarm/unlock',
    handle: async (request, { backend: { membership } }) => {
      const { UnlockKey = '' } = decodeBody(request, unlockRequest) as { UnlockKey?: string };
      const { kind } = membership.state();
      if (kind === 'inactive') throw httpError('unavailable', notManagerText(kind));
      if (kind === 'active') throw httpError('conflict', 'swarm is not locked');
      if (await membership.unlock(UnlockKey)) return empty();
      const text = 'swarm could not be unlocked: invalid key provided';
      throw httpError('unauthorized', text);
    },
  },
];

interface JoinBody {
  readonly RemoteAddrs?: readonly string[];
  readonly JoinToken?: string;
}

const NO_KEY_CHANGE = {
  rotateWorkerToken: false,
  rotateManagerToken: false,
  rotateUnlockKey: false,
  autolock: false,
  rotateCa: false,
};

function refuseMember(membership: SwarmMembership): void {
  if (membership.state().kind !== 'inactive') throw httpError('unavailable', ALREADY_IN);
}

/** The version is checked and stored first, so that a stale request turns no key. */
async function updateSwarm(
  { control, store, keys }: ActiveSwarm,
  query: Query,
  spec: Partial<ClusterSpec>,
): Promise<void> {
  const version = query.version('swarm');
  const rotateWorkerToken = rotateFlag(query, 'rotateWorkerToken');
  const rotateManagerToken = rotateFlag(query, 'rotateManagerToken');
  const rotateUnlockKey = rotateFlag(query, 'rotateManagerUnlockKey');
  const before = store.view.list('cluster')[0]?.Spec.CAConfig?.ForceRotate ?? 0;
  control.updateCluster(spec, { version });
  await keys.change({
    rotateWorkerToken,
    rotateManagerToken,
    rotateUnlockKey,
    autolock: spec.EncryptionConfig?.AutoLockManagers === true,
    rotateCa: (spec.CAConfig?.ForceRotate ?? 0) > before,
  });
  await store.durable();
}

function rotateFlag(query: Query, name: string): boolean {
  const word = query.text(name) ?? '';
  if (word === '') return false;
  const value = parseGoBool(word);
  if (value !== undefined) return value;
  throw httpError('invalid-argument', `invalid value for ${name}: ${word}`);
}
