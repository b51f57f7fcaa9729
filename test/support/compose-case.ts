import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { StackFileError } from '../../src/base/errors.ts';
import { renderDiagnostics } from '../../src/base/render-diagnostic.ts';
import { readSystemFile } from '../../src/host/read-file.ts';
import { convertLoadedStack, loadStack } from '../../src/stack/pipeline.ts';
import { printConfig } from '../../src/stack/print-config.ts';
import type { ReadOptions } from '../../src/stack/read-stack.ts';

/** Where fixtures pretend to live, so that goldens hold no path of a machine. */
const PRETENDED = '/project';

/** What a case of fixtures/stack/compose gave. */
export interface ComposeOutcome {
  /** Diagnostics as the user sees them, then the config when there is one. */
  readonly text: string;
  readonly config: string | undefined;
  readonly codes: readonly string[];
}

/** Runs stack.yml and its overrides through the whole pipeline; flags.json says the rest. */
export function runComposeCase(directory: string): ComposeOutcome {
  const { env = {}, ...options } = flagsOf(directory);
  const overrides = readdirSync(directory).filter((name) => /^override.*\.yml$/.test(name));
  const paths = ['stack.yml', ...overrides.sort(byLength)];
  return runFiles(paths, {
    directory,
    options: { compat: 'none', env: { HOME: '/home/someone', ...env }, ...options },
  });
}

function flagsOf(directory: string): Partial<ReadOptions> {
  const flags = join(directory, 'flags.json');
  if (!existsSync(flags)) return {};
  return JSON.parse(readFileSync(flags, 'utf8')) as Partial<ReadOptions>;
}

/** `override.yml` before `override-2.yml`. */
function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** What `config` printed as the only file, with the same variables and no other flags. */
export function runConfigAgain(config: string, directory: string): ComposeOutcome {
  const { env = {} } = flagsOf(directory);
  const options = { compat: 'none', env: { HOME: '/home/someone', ...env } } as const;
  return runFiles(['-'], { directory, options, stdin: config });
}

function runFiles(
  paths: readonly string[],
  { directory, options, stdin = '' }: { directory: string; options: ReadOptions; stdin?: string },
): ComposeOutcome {
  const real = (path: string): string =>
    join(directory, path.startsWith(`${PRETENDED}/`) ? path.slice(PRETENDED.length) : path);
  const shown = (all: readonly Diagnostic[]): string => {
    // What becomes of single keys is not the matter of these cases.
    const diagnostics = all.filter(
      ({ severity, code }) => severity !== 'note' || !code.startsWith('key-'),
    );
    const names = new Set(
      diagnostics.flatMap(({ span, related = [] }) =>
        [span, ...related.map((one) => one.span)].flatMap((one) => (one ? [one.file] : [])),
      ),
    );
    const sources = [...names]
      .filter((file) => existsSync(real(file)))
      .map((file) => ({ file, text: readFileSync(real(file), 'utf8') }));
    return diagnostics.length === 0 ? '' : `${renderDiagnostics(diagnostics, sources)}\n`;
  };
  try {
    const loaded = loadStack(
      paths,
      {
        readFile: (path) => readSystemFile(real(path)),
        readStdin: () => new TextEncoder().encode(stdin),
        workingDirectory: PRETENDED,
      },
      options,
    );
    const config = printConfig(loaded.model);
    const { diagnostics } = convertLoadedStack(loaded, options.projectName ?? 'shop');
    const all = [...loaded.diagnostics, ...diagnostics];
    return { text: shown(all) + config, config, codes: all.map(({ code }) => code) };
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    const { diagnostics } = error;
    return {
      text: shown(diagnostics),
      config: undefined,
      codes: diagnostics.map((one) => one.code),
    };
  }
}
