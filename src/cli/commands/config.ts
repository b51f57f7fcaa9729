import { EXIT_CODE } from '../../base/errors.ts';
import { CONFIG_OPTIONS, viewOf } from '../config-options.ts';
import { defineCommand } from '../define-command.ts';
import { showLint } from '../show-lint.ts';
import { loadStackFiles } from '../stack-files.ts';

export const config = defineCommand({
  name: 'config',
  summary: 'Print what stack files mean after interpolation, merge and normalisation',
  description:
    'Needs no engine, except for --resolve-image-digests. Secret and config files are not read; env ' +
    'files are. What it prints can be deployed and means the same; files in the format of docker ' +
    'stack need --escape-dollars for that when values hold a $.',
  arguments: {},
  options: {
    ...CONFIG_OPTIONS,
    lint: {
      kind: 'boolean',
      default: false,
      help: 'Print what is probably not meant in place of the file; exit 1 when there is any',
    },
  },
  examples: [
    { command: 'tstack config -c compose.yml', text: 'The file with variables filled in' },
    { command: 'tstack config -c compose.yml -c production.yml', text: 'Two files, merged' },
    { command: 'tstack config -c compose.yml --explain-env', text: 'Where each variable is set' },
  ],
  async run(flags, context) {
    const view = viewOf(flags);
    const skipInterpolation = flags.skipInterpolation || flags.noInterpolate;
    const options = { ...flags, skipInterpolation };
    const loaded = await loadStackFiles(context, options);
    if (flags.lint) return (await showLint(context, loaded)) > 0 ? EXIT_CODE.failed : EXIT_CODE.ok;
    if (flags.quiet) return EXIT_CODE.ok;
    const pinned = flags.resolveImageDigests
      ? await (await import('../pin-images.ts')).pinImages(loaded.model, context)
      : loaded.model;
    if (view) {
      const { showView } = await import('../config-views.ts');
      context.stdout.write(showView(view, { ...loaded, model: pinned }, flags));
      return EXIT_CODE.ok;
    }
    const { showConfig } = await import('../show-config.ts');
    context.stdout.write(showConfig(pinned, options));
    return EXIT_CODE.ok;
  },
});
