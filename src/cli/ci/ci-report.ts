import type { Span } from '../../base/diagnostic.ts';
import type { ExplainedFailure, RolloutEvent, ServiceView } from '../../rollout/events.ts';
import type { Context } from '../context.ts';
import { handleEvents } from '../progress/event-handlers.ts';
import { failureText } from '../progress/failure-text.ts';
import type { Ci } from './choose-ci.ts';
import { githubCommand } from './github-commands.ts';
import { jobSummary } from './job-summary.ts';

/** What a build service is told beside the progress. */
export interface CiReport {
  readonly emit: (event: RolloutEvent) => void;
  /** Writes what is told at the end. */
  readonly close: () => Promise<void>;
}

type ReportPorts = Pick<Context, 'stderr' | 'env' | 'clock' | 'readFile' | 'replaceFile'>;

/**
 * GitHub: an annotation per failed task, on the line of its service when it is known, and a job
 * summary. GitLab: the failures in a section that can be folded.
 * @source GitHub docs, "Workflow commands"; GitLab docs, "Custom collapsible sections"
 */
export function createCiReport(
  ci: Ci,
  ports: ReportPorts,
  placeOf: (service: string) => Span | undefined = () => undefined,
): CiReport {
  const services = new Map<string, ServiceView>();
  const failures: ExplainedFailure[] = [];
  const ends: Extract<RolloutEvent, { type: 'finished' }>[] = [];
  const { stderr } = ports;
  const emit = handleEvents({
    service: (view) => services.set(view.service, view),
    failure: (failure) => {
      failures.push(failure);
      if (ci !== 'github') return;
      const { service, task, error, meaning, log } = failure;
      const message = [error ?? meaning, ...log].join('\n');
      const title = `${task}: ${failure.class}`;
      stderr.write(githubCommand({ severity: 'error', title, message, span: placeOf(service) }));
    },
    finished: (event) => ends.push(event),
  });
  const close = async (): Promise<void> => {
    const facts = { services, failures: failures.splice(0) };
    if (ci === 'gitlab' && facts.failures.length > 0) {
      stderr.write(gitlabSection(facts.failures, Math.floor(ports.clock.now() / 1000)));
    }
    const path = ports.env['GITHUB_STEP_SUMMARY'] ?? '';
    const summaries = ends.splice(0).map((end) => jobSummary({ ...facts, end }));
    if (ci !== 'github' || path === '' || summaries.length === 0) return;
    const before = ports.readFile(path);
    const text = before.kind === 'data' ? Buffer.from(before.bytes).toString('utf8') : '';
    const problem = await ports.replaceFile(path, `${text}${summaries.join('')}`);
    if (problem !== undefined) stderr.write(`the job summary could not be written: ${problem}\n`);
  };
  return { emit, close };
}

/** @param now - seconds since 1970 */
function gitlabSection(failures: readonly ExplainedFailure[], now: number): string {
  const start = `\u001b[0Ksection_start:${now}:tstack_failures\r\u001b[0KFailed tasks\n`;
  const end = `\u001b[0Ksection_end:${now}:tstack_failures\r\u001b[0K\n`;
  return `${start}${failures.map(failureText).join('')}${end}`;
}
