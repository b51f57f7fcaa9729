import {
  Listr,
  ListrLogger,
  ProcessOutput,
  type ListrDefaultRendererLogLevels,
  type ListrTask,
  type ListrTaskWrapper,
} from 'listr2';
import type { DefaultRenderer, SimpleRenderer } from 'listr2';
import type { RolloutEvent, ServiceView } from '../../rollout/events.ts';
import { NO_PROGRESS, reduceProgress, type RolloutProgress } from '../../rollout/progress.ts';
import type { ProgressPorts, ProgressRenderer } from './create-progress.ts';
import { handleEvents } from './event-handlers.ts';
import { failureText } from './failure-text.ts';
import { endText } from './plain-progress.ts';
import { gateLine, serviceLine, slotLine } from './service-line.ts';
import { stepLine } from './step-line.ts';

/** Slots shown one by one; docker draws bars for as many. */
const MAX_SLOTS = 20;

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/**
 * Services with their slots, redrawn in place while they converge.
 *
 * Writes are lines on stdout above; the drawing goes to stderr, so results can be piped away.
 */
export function createLiveProgress(ports: ProgressPorts): ProgressRenderer {
  const board = new ServiceBoard();
  let progress: RolloutProgress = NO_PROGRESS;
  let isOver = false;
  const ending: (() => void)[] = [];
  const close = async (): Promise<void> => {
    await board.close(progress);
    ending.splice(0).forEach((say) => say());
  };
  const handle = handleEvents({
    step: (event) => {
      const line = stepLine(event);
      const say = (): void => ports.stdout.write(line === undefined ? '' : `${line}\n`);
      // What is written while services are drawn would stand in the middle of the drawing.
      if (board.isOpen && ports.stdout.isTerminal) ending.push(say);
      else say();
    },
    waiting: ({ services }) => {
      if (services.length > 0) board.open(services);
    },
    service: (event) => board.draw(event),
    failure: (event) => ending.push(() => ports.stderr.write(failureText(event))),
    gate: (event) => board.keepBack(event),
    tasks: ({ remaining }) => drawRemaining(remaining, ports),
    warning: ({ message }) => ports.stderr.write(`${message}\n`),
    finished: (event) => {
      if (isOver) return;
      isOver = true;
      ending.push(() => ports.stderr.write(endText(event)));
    },
  });
  const emit = (event: RolloutEvent): void => {
    progress = reduceProgress(progress, event);
    handle(event);
  };
  return { emit, close };
}

function drawRemaining(remaining: number, { stderr }: ProgressPorts): void {
  stderr.write(remaining > 0 ? `waiting for ${remaining} tasks to stop\n` : '');
}

/** The drawn part: one listr2 task per service, ended all together. */
class ServiceBoard {
  readonly #wrappers = new Map<string, Wrapper>();
  /** What was said of a service before its line was drawn. */
  readonly #titles = new Map<string, string>();
  readonly #ends = new Map<
    string,
    { readonly resolve: () => void; readonly reject: (error: Error) => void }
  >();
  #run: Promise<unknown> | undefined;

  open(services: readonly string[]): void {
    const tasks = services.map(
      (name): ListrTask<unknown, typeof DefaultRenderer, typeof SimpleRenderer> => ({
        title: name,
        // One entry: each output holds all slots and takes the place of the one before.
        rendererOptions: { outputBar: 1, persistentOutput: false },
        task: (_context, wrapper) =>
          new Promise<void>((resolve, reject) => {
            this.#wrappers.set(name, wrapper);
            wrapper.title = this.#titles.get(name) ?? name;
            this.#ends.set(name, { resolve, reject });
          }),
      }),
    );
    const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
      useIcons: true,
      processOutput: new ProcessOutput(process.stderr, process.stderr),
    });
    const list = new Listr<unknown, typeof DefaultRenderer, typeof SimpleRenderer>(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      rendererOptions: { logger, collapseErrors: true, showErrorMessage: false },
    });
    this.#run = list.run();
  }

  get isOpen(): boolean {
    return this.#run !== undefined;
  }

  /** A service that is not written yet. */
  keepBack(event: Extract<RolloutEvent, { type: 'gate' }>): void {
    const words: Readonly<Record<typeof event.status, string>> = {
      waiting: gateLine(event),
      open: 'begun',
      'left-out': `not begun: ${event.reason ?? ''}`,
    };
    const title = `${event.service}  ${words[event.status]}`;
    this.#titles.set(event.service, title);
    const wrapper = this.#wrappers.get(event.service);
    if (wrapper) wrapper.title = title;
  }

  draw(view: ServiceView): void {
    const wrapper = this.#wrappers.get(view.service);
    if (!wrapper) return;
    wrapper.title = `${view.service}  ${serviceLine(view)}`;
    const slots = view.slots.slice(0, MAX_SLOTS).map(slotLine);
    const more = view.slots.length - slots.length;
    wrapper.output = [...slots, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  }

  async close(progress: RolloutProgress): Promise<void> {
    for (const [name, { resolve, reject }] of this.#ends) {
      const phase = progress.services.get(name)?.phase;
      if (phase === 'converged') resolve();
      else reject(new Error(phase ?? 'waiting'));
    }
    this.#ends.clear();
    await this.#run;
    this.#run = undefined;
  }
}
