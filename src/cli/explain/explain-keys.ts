import { UsageError } from '../../base/errors.ts';
import { keyPaths, type KeyPath } from '../../stack/keys/table/paths.ts';
import { alignColumns } from '../render/align-columns.ts';
import type { ExplainFormat } from './explain-code.ts';

/**
 * What becomes of each key of a stack file: the whole table, or a key and what is in it.
 *
 * @param path - `services.web.ports`, also with `*` and `[]`, also without the first two steps
 * @throws UsageError when no key is meant
 */
export function explainKeys(path: string | undefined, format: ExplainFormat): string {
  const all = keyPaths();
  const chosen = path === undefined ? all : all.filter((one) => isBelow(one, path));
  if (chosen.length > 0) return PRINT[format](chosen);
  throw new UsageError(
    `there is no key ${path}`,
    'Write a path such as services.*.ports, or a key of a service; tstack explain keys lists all.',
  );
}

function isBelow({ path }: KeyPath, asked: string): boolean {
  const steps = path.split('.');
  const wanted = asked.split('.');
  return fits(steps, wanted) || fits(steps, ['services', '*', ...wanted]);
}

/** A path of a file fits too: its names and indices stand for `*` and `[]`. */
function fits(steps: readonly string[], wanted: readonly string[]): boolean {
  return (
    wanted.length <= steps.length &&
    wanted.every((step, at) => {
      const known = steps[at];
      return known === '*' || known === step || (known === '[]' && /^\d+$/.test(step));
    })
  );
}

const PRINT: Readonly<Record<ExplainFormat, (keys: readonly KeyPath[]) => string>> = {
  text: (keys) =>
    keys.length > 40
      ? alignColumns(
          keys.map(({ path, facts }) => `${path}\t${facts.outcome}\t${facts.effect}\n`).join(''),
        )
      : keys.map(paragraph).join('\n'),
  json: (keys) =>
    `${JSON.stringify(
      keys.map(({ path, facts }) => ({
        path,
        outcome: facts.outcome,
        about: facts.about,
        swarm: facts.effect,
        embedded: facts.embedded ?? facts.effect,
        ...(facts.instead !== undefined && { instead: facts.instead }),
      })),
      null,
      2,
    )}\n`,
  markdown: (keys) =>
    `| Key | Outcome | What it says | On a cluster | Instead |\n|---|---|---|---|---|\n${keys
      .map(({ path, facts: { outcome, about, effect, instead = '' } }) =>
        [`\`${path}\``, outcome, about, effect, instead].map((one) => one.replaceAll('|', '\\|')),
      )
      .map((cells) => `| ${cells.join(' | ')} |\n`)
      .join('')}`,
};

function paragraph({ path, facts }: KeyPath): string {
  const { outcome, about, effect, embedded, instead } = facts;
  return [
    `${path}  (${outcome})`,
    `  ${about}`,
    `  Swarm     ${effect}`,
    `  embedded  ${embedded ?? 'the same'}`,
    ...(instead === undefined ? [] : [`  instead   ${instead}`]),
    '',
  ].join('\n');
}
