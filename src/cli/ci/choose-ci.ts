/** Which build service reads the output. */
export type Ci = 'github' | 'gitlab' | 'off';

/**
 * The service that is asked for, or the one whose variable is set.
 * @source GitHub, GITLAB: "Default environment variables", "Predefined CI/CD variables"
 */
export function chooseCi(
  choice: 'auto' | Ci,
  env: Readonly<Record<string, string | undefined>>,
): Ci {
  if (choice !== 'auto') return choice;
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  return env['GITLAB_CI'] === 'true' ? 'gitlab' : 'off';
}
