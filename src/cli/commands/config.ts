import { EXIT_CODE } from '../../base/errors.ts';
import { defineCommand } from '../define-command.ts';
import { COMPOSE_FILE_OPTION, loadStackFiles } from '../stack-files.ts';

export const config = defineCommand({
  name: 'config',
  summary: 'Print what stack files mean after interpolation, merge and normalisation',
  description: 'Needs no engine. Secret and config files are not read; env files are.',
  arguments: {},
  options: {
    composeFile: COMPOSE_FILE_OPTION,
    skipInterpolation: { kind: 'boolean', default: false, help: 'Leave every $ as it is' },
    noInterpolate: {
      kind: 'boolean',
      default: false,
      hidden: true,
      help: 'The name of --skip-interpolation in docker compose',
    },
    format: { kind: 'choice', choices: ['yaml', 'json'], default: 'yaml', help: 'How to print it' },
  },
  examples: [
    { command: 'tstack config -c compose.yml', text: 'The file with variables filled in' },
    { command: 'tstack config -c compose.yml -c production.yml', text: 'Two files, merged' },
  ],
  async run({ composeFile, skipInterpolation, noInterpolate, format }, context) {
    const { model } = await loadStackFiles(context, {
      paths: composeFile,
      skipInterpolation: skipInterpolation || noInterpolate,
    });
    const { printConfig, toPrintValue } = await import('../../stack/print-config.ts');
    const { printJson } = await import('../render/print-json.ts');
    const text = format === 'json' ? `${printJson(toPrintValue(model))}\n` : printConfig(model);
    context.stdout.write(text);
    return EXIT_CODE.ok;
  },
});
