import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askTerminal } from '../../../src/host/ask-terminal.ts';

function ask() {
  const input = new PassThrough();
  const controller = new AbortController();
  let written = '';
  const output = {
    write: (text: string) => {
      written += text;
    },
  };
  const answer = askTerminal('Sure? ', { input, output, signal: controller.signal });
  return { input, controller, answer, written: () => written };
}

test('the first line is the answer, and the question stands before it', async () => {
  const { input, answer, written } = ask();
  input.write('yes\nmore\n');
  expect(await answer).toBe('yes');
  expect(written()).toBe('Sure? ');
});

test('the end of input is no answer', async () => {
  const { input, answer } = ask();
  input.end();
  expect(await answer).toBeUndefined();
});

test('Ctrl-C ends the waiting with its reason', async () => {
  const { controller, answer } = ask();
  const reason = new Error('interrupted');
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});
