import { eachService } from './rule.ts';

/** A job is not updated step by step. @source spec/stack-file.md 9.1 */
export const jobsHaveNoUpdateConfig = eachService(({ Mode, UpdateConfig }) =>
  UpdateConfig && (Mode?.ReplicatedJob ?? Mode?.GlobalJob)
    ? [
        {
          path: ['deploy', 'update_config'],
          code: 'job-with-update-config',
          reason: 'Jobs may not have an update config',
          hint: 'drop "update_config": every deploy that changes a job runs it again',
        },
      ]
    : [],
);
