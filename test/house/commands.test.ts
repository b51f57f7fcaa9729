import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../src/cli/commands/index.ts';
import type { CommandNode } from '../../src/cli/define-command.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.ts';

const COMMANDS = resolve(import.meta.dirname, '../../src/cli/commands');
const files = readdirSync(COMMANDS).filter((file) => file !== 'index.ts');
const MAX_LINES = 60;

test('a command file is short', () => {
  const long = files.filter(
    (file) => readFileSync(join(COMMANDS, file), 'utf8').trimEnd().split('\n').length > MAX_LINES,
  );
  expect(long).toEqual([]);
});

test('command files import areas and libraries inside run only', () => {
  const heavy = files.flatMap((file) =>
    [
      ...readFileSync(join(COMMANDS, file), 'utf8').matchAll(
        /^import (?!type)[^;]*from '([^']+)';/gm,
      ),
    ]
      .map((match) => match[1] ?? '')
      .filter(
        (target) =>
          !/^(\.\.\/[^/]|\.\/|\.\.\/\.\.\/base\/)/.test(target) ||
          (target.startsWith('../../') && !target.startsWith('../../base/')),
      )
      .map((target) => `${file}: await import('${target}') inside run`),
  );
  expect(heavy).toEqual([]);
});

function eachNode(node: CommandNode): readonly CommandNode[] {
  return node.kind === 'command' ? [node] : [node, ...node.commands.flatMap(eachNode)];
}

test('names are unique, examples name their command, and no flag hides a global one', () => {
  for (const node of eachNode(ROOT)) {
    if (node.kind === 'group') {
      const names = node.commands.flatMap((one) => [one.name, ...(one.aliases ?? [])]);
      expect(names).toEqual([...new Set(names)]);
      continue;
    }
    expect(node.examples?.length ?? 0, `examples of ${node.name}`).toBeGreaterThan(0);
    for (const { command } of node.examples ?? []) expect(command).toContain(`tstack`);
    const hidden = Object.keys(node.options).filter((property) => property in GLOBAL_OPTIONS);
    expect(hidden, `flags of ${node.name}`).toEqual([]);
  }
});
