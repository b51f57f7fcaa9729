import type { ServiceMode } from '../../swarm/service.ts';
import type { ServiceScope } from '../service-scope.ts';

/**
 * Replicated, global or a job. @source spec/stack-file.md 9.1
 *
 * An unknown mode, or replicas where they mean nothing, is reported.
 */
export function toServiceMode(
  { mode = '', replicas }: { mode?: string; replicas?: number },
  scope: ServiceScope,
): ServiceMode {
  switch (mode) {
    case '':
    case 'replicated':
      return { Replicated: replicas === undefined ? {} : { Replicas: replicas } };
    case 'replicated-job':
      return {
        ReplicatedJob:
          replicas === undefined ? {} : { MaxConcurrent: replicas, TotalCompletions: replicas },
      };
    case 'global':
      reportReplicas(replicas, scope);
      return { Global: {} };
    case 'global-job':
      reportReplicas(replicas, scope);
      return { GlobalJob: {} };
    default:
      scope.error(['deploy', 'mode'], {
        code: 'unknown-mode',
        reason: `unknown mode: ${mode}`,
        hint: 'use replicated, global, replicated-job or global-job',
      });
      return {};
  }
}

function reportReplicas(replicas: number | undefined, scope: ServiceScope): void {
  if (replicas === undefined) return;
  scope.error(['deploy', 'replicas'], {
    code: 'global-with-replicas',
    reason: 'replicas can only be used with replicated or replicated-job mode',
    hint: 'drop "replicas": a global service runs one task on every node',
  });
}
