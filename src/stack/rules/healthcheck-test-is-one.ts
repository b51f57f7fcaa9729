import type { ModelRule } from './rule.ts';

const STARTS = new Set(['CMD', 'CMD-SHELL', 'NONE']);

/**
 * A later file's healthcheck.test is appended, which nobody means.
 *
 * Parity: docker does so (merge-healthcheck); the result is the same, but it is said.
 * @source spec/stack-file.md section 7
 */
export const healthcheckTestIsOne: ModelRule = ({ services }, { report }) => {
  for (const [name, service] of Object.entries(services)) {
    const rest = (service.healthcheck?.test ?? []).slice(1);
    if (!rest.some((word) => STARTS.has(word))) continue;
    report(['services', name, 'healthcheck', 'test'], {
      code: 'healthcheck-test-appended',
      severity: 'warning',
      message: `service ${name}: the tests of several files were joined to one command: ${service.healthcheck?.test?.join(' ')}`,
      hint: 'as with docker stack, a later file cannot replace the test; keep it in one file',
    });
  }
};
