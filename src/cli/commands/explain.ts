import { EXIT_CODE, UsageError } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const explain = defineCommand({
  name: 'explain',
  summary: 'Explain a diagnostic code, or what becomes of each key of a stack file',
  description:
    'Needs no engine and no network. TOPIC is a code from the first line of a message, "codes" for ' +
    'all of them, or "keys"; PATH narrows keys down: ports, services.web.ports, networks.*.ipam.',
  arguments: {
    topic: { placeholder: 'CODE|codes|keys', count: 'one' },
    path: { placeholder: 'PATH', count: 'optional' },
  },
  options: {
    format: {
      kind: 'choice',
      choices: ['text', 'json', 'markdown'],
      default: 'text',
      help: 'How to print it',
    },
  },
  examples: [
    { command: 'tstack explain port-address-refused', text: 'Cause, example and what to do' },
    { command: 'tstack explain keys network_mode', text: 'What becomes of the key on a cluster' },
    { command: 'tstack explain keys --format markdown', text: 'The table of all keys' },
  ],
  async run({ topic, path, format }, { stdout }) {
    if (topic === 'keys') {
      const { explainKeys } = await import('../explain/explain-keys.ts');
      stdout.write(explainKeys(path, format));
      return EXIT_CODE.ok;
    }
    if (path !== undefined) throw new UsageError('PATH goes with "keys" only');
    const { explainAllCodes, explainCode } = await import('../explain/explain-code.ts');
    stdout.write(topic === 'codes' ? explainAllCodes(format) : explainCode(topic, format));
    return EXIT_CODE.ok;
  },
});
