import type { Actor } from '../release/revision.ts';
import type { Context } from './context.ts';

/** Who runs this command: the user and machine, and the CI job where there is one. */
export async function describeActor(
  context: Pick<Context, 'describeSelf' | 'env'>,
): Promise<Actor> {
  const { user, host } = await context.describeSelf();
  const job = jobAddress(context.env);
  return { user, host, ...(job === undefined ? {} : { job }) };
}

/** @source the documented variables of GitHub Actions, GitLab CI, Jenkins */
function jobAddress(env: Context['env']): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  return env['CI_JOB_URL'] ?? env['BUILD_URL'];
}
