import { VERSION } from './version.ts';

/** First argument with which docker asks a plugin what it is. @source docker/cli cli-plugins/metadata */
export const METADATA_COMMAND = 'docker-cli-plugin-metadata';

/** The answer, one JSON object. */
export function pluginMetadata(): string {
  return `${JSON.stringify({
    SchemaVersion: '0.1.0',
    Vendor: 'The tstack authors',
    Version: VERSION,
    ShortDescription: 'Deploy Compose files as stacks (tstack)',
  })}\n`;
}

/** Flags of docker that may stand before the plugin's name, and take a value. */
const VALUE_FLAGS = new Set([
  '--config',
  '--context',
  '--host',
  '--log-level',
  '--tlscacert',
  '--tlscert',
  '--tlskey',
  '-c',
  '-H',
  '-l',
]);

/**
 * Turns `[docker's flags] tstack [ours]` into our argv.
 *
 * Parity: before the plugin's name `-c` is docker's `--context`. Without the name (the file run
 * by hand) argv stays as it is.
 */
export function pluginArgv(argv: readonly string[]): readonly string[] {
  if (argv[0] === '__complete' && argv[1] === 'tstack') return ['__complete', ...argv.slice(2)];
  const before: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const token = argv[at] ?? '';
    if (token === 'tstack') return [...before, ...argv.slice(at + 1)];
    if (!token.startsWith('-')) return argv;
    before.push(token.replace(/^-c(?==|$)/, '--context'));
    if (VALUE_FLAGS.has(token)) {
      at += 1;
      before.push(argv[at] ?? '');
    }
  }
  return argv;
}
