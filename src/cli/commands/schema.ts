import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';

export const schema = defineCommand({
  name: 'schema',
  summary: 'Print the JSON Schema of stack files, for editors',
  description:
    'Hover texts say what becomes of each key on a cluster. In YAML files: ' +
    '# yaml-language-server: $schema=stack.schema.json',
  arguments: {},
  options: {},
  examples: [{ command: 'tstack schema > stack.schema.json', text: 'Write it beside your files' }],
  async run(_flags, { stdout }) {
    const { stackSchemaText } = await import('../../stack/keys/table/json-schema.ts');
    stdout.write(stackSchemaText());
    return EXIT_CODE.ok;
  },
});
