import { int64, struct, text, type Shape } from '../server/go-json/shape.ts';
import { httpError } from '../server/http-errors.ts';
import { decodeBody, empty, json, type Route } from '../server/route.ts';
import type { KeyPair } from './certificate-authority.ts';
import type { CertificateKeys } from './cluster-keys.ts';
import type { ClusterStatus } from './cluster-status.ts';

/** What the routes ask of the daemon. */
export interface DaemonControl {
  status(): ClusterStatus;
  /** Begins to stop; the answer is sent first. */
  requestStop(tasks: 'stop' | 'keep'): void;
  /** The certificates of the cluster there is; undefined without one. */
  keys(): CertificateKeys | undefined;
}

/** Body of `POST /tstack/v1/cluster/stop`. */
export interface StopRequest {
  /** Default `stop`. */
  readonly Tasks?: 'stop' | 'keep';
}

/** Body of `POST /tstack/v1/cluster/certificates`. */
export interface ClientCertificateRequest {
  readonly Name?: string;
  readonly Days?: number;
}

/** Answer of `POST /tstack/v1/cluster/certificates`; PEM. */
export interface ClientCertificate {
  readonly Certificate: string;
  readonly Key: string;
  readonly Authority: string;
}

const stopRequest: Shape = struct('tstack.StopRequest', { Tasks: text });
const certificateRequest: Shape = struct('tstack.CertificateRequest', { Name: text, Days: int64 });

const DEFAULT_DAYS = 90;

/**
 * The daemon's own endpoints:
 *
 * - `GET /tstack/v1/cluster`: its status;
 * - `POST /tstack/v1/cluster/stop`: `{"Tasks": "stop"|"keep"}`;
 * - `GET /tstack/v1/cluster/ca`: `{"Authority"}`;
 * - `POST /tstack/v1/cluster/ca/rotate`: a new root, all certificates of the old one are void;
 * - `POST /tstack/v1/cluster/certificates`: `{"Name", "Days"}`, a certificate for a client.
 */
export function clusterRoutes(daemon: DaemonControl): readonly Route[] {
  return [
    { method: 'GET', path: '/tstack/v1/cluster', handle: () => json(daemon.status()) },
    {
      method: 'POST',
      path: '/tstack/v1/cluster/stop',
      handle: (request) => {
        const { Tasks = 'stop' } = decodeBody(request, stopRequest) as StopRequest;
        if (Tasks !== 'stop' && Tasks !== 'keep') {
          throw httpError('invalid-argument', `invalid Tasks: ${JSON.stringify(Tasks)}`);
        }
        daemon.requestStop(Tasks);
        return empty();
      },
    },
    {
      method: 'GET',
      path: '/tstack/v1/cluster/ca',
      handle: () => json({ Authority: requireKeys(daemon).authority }),
    },
    {
      method: 'POST',
      path: '/tstack/v1/cluster/ca/rotate',
      handle: async () => {
        await requireKeys(daemon).change(ROTATE);
        return empty();
      },
    },
    {
      method: 'POST',
      path: '/tstack/v1/cluster/certificates',
      handle: async (request) => {
        const body = decodeBody(request, certificateRequest) as ClientCertificateRequest;
        const keys = requireKeys(daemon);
        const { certificate, key } = await issueClient(keys, body);
        const answer: ClientCertificate = {
          Certificate: certificate,
          Key: key,
          Authority: keys.authority,
        };
        return json(answer, 201);
      },
    },
  ];
}

const ROTATE = {
  rotateCa: true,
  rotateManagerToken: false,
  rotateWorkerToken: false,
  rotateUnlockKey: false,
  autolock: false,
};

async function issueClient(
  keys: CertificateKeys,
  { Name = 'client', Days = DEFAULT_DAYS }: ClientCertificateRequest,
): Promise<KeyPair> {
  try {
    return await keys.issue({ kind: 'client', commonName: Name, hosts: [], days: Days });
  } catch (error) {
    throw error instanceof RangeError ? httpError('invalid-argument', error.message) : error;
  }
}

function requireKeys(daemon: DaemonControl): CertificateKeys {
  const keys = daemon.keys();
  if (keys) return keys;
  throw httpError('unavailable', 'this daemon has no cluster; start one with "docker swarm init"');
}
