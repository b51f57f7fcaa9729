import { createInterface } from 'node:readline';

/**
 * Asks a question on a terminal and waits for a line.
 * @returns undefined at the end of input
 * @throws the signal's reason when it aborts first
 */
export function askTerminal(
  question: string,
  { input, output, signal }: AskPorts,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    // Not `terminal`: Ctrl-C stays the signal that it is everywhere else.
    const lines = createInterface({ input, terminal: false });
    const stop = (): void => {
      reject(signal.reason as Error);
      lines.close();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      signal.removeEventListener('abort', stop);
      input.pause();
      resolve(undefined);
    });
    output.write(question);
  });
}

interface AskPorts {
  readonly input: NodeJS.ReadableStream;
  readonly output: { write(text: string): unknown };
  readonly signal: AbortSignal;
}
