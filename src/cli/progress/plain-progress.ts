import type { RolloutEvent } from '../../rollout/events.ts';
import type { ProgressPorts, ProgressRenderer } from './create-progress.ts';
import { handleEvents } from './event-handlers.ts';
import { failureText } from './failure-text.ts';
import { gateLine, serviceLine } from './service-line.ts';
import { stepLine } from './step-line.ts';

/**
 * A line per event that matters, for logs and pipes.
 *
 * Writes go to stdout in docker's words; states, warnings and the end go to stderr. Quiet leaves
 * the states out.
 */
export function createPlainProgress(
  { stdout, stderr }: ProgressPorts,
  { isQuiet }: { readonly isQuiet: boolean },
): ProgressRenderer {
  const said = new Map<string, string>();
  const sayState = (subject: string, line: string): void => {
    if (isQuiet || said.get(subject) === line) return;
    said.set(subject, line);
    stderr.write(`${subject}: ${line}\n`);
  };
  const emit = handleEvents({
    step: (event) => {
      const line = stepLine(event);
      if (line !== undefined) stdout.write(`${line}\n`);
      if (event.status === 'retrying') sayState(event.name, `trying again: ${event.error ?? ''}`);
    },
    service: (event) => sayState(event.service, serviceLine(event)),
    gate: (event) => {
      if (event.status === 'waiting') sayState(event.service, gateLine(event));
    },
    tasks: ({ stack, remaining }) => {
      if (remaining > 0) sayState(stack, `waiting for ${remaining} tasks to stop`);
    },
    failure: (event) => stderr.write(failureText(event)),
    warning: ({ message }) => stderr.write(`${message}\n`),
    finished: (event) => stderr.write(endText(event)),
  });
  return { emit, close: () => Promise.resolve() };
}

/** What is said in the end; an interruption is said by the error itself. */
export function endText(event: Extract<RolloutEvent, { type: 'finished' }>): string {
  if (event.outcome === 'interrupted') return '';
  return event.messages.map((message) => `${message}\n`).join('');
}
