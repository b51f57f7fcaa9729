import type { Command, CommandGroup, CommandNode } from '../define-command.ts';
import { GLOBAL_OPTIONS } from '../global-options.ts';
import { environmentName, type OptionTable } from '../option.ts';
import { usageLine } from '../usage.ts';
import { flagLabel, isVisible, optionText } from './render-help.ts';

/** The whole command line as one Markdown page. */
export function renderReference(root: CommandGroup): string {
  const sections = [
    '# tstack command line',
    root.summary,
    'Every flag takes its default from the environment variable in the last column.',
    ...root.commands.filter(isVisible).flatMap((one) => nodeSections(one, [])),
    '## Global options',
    optionRows(GLOBAL_OPTIONS),
  ];
  return `${sections.join('\n\n')}\n`;
}

function nodeSections(node: CommandNode, above: readonly string[]): string[] {
  const path = [...above, node.name];
  if (node.kind === 'command') return commandSections(node, path);
  return [
    `## ${path.join(' ')}`,
    node.summary,
    ...node.commands.filter(isVisible).flatMap((one) => nodeSections(one, path)),
  ];
}

function commandSections(command: Command, path: readonly string[]): string[] {
  const aliases = command.aliases ?? [];
  const examples = command.examples ?? [];
  return [
    `## ${path.join(' ')}`,
    command.summary + (command.description === undefined ? '' : `\n\n${command.description}`),
    `    ${usageLine(path, command.arguments)}`,
    ...(aliases.length === 0 ? [] : [`Aliases: ${aliases.map(code).join(', ')}`]),
    ...(Object.keys(command.options).length === 0 ? [] : [optionRows(command.options)]),
    ...examples.map((one) => `${one.text}:\n\n    ${one.command}`),
  ];
}

function optionRows(table: OptionTable): string {
  const rows = Object.entries(table)
    .filter(([, option]) => isVisible(option))
    .map(([property, option]) => {
      const short = option.short === undefined ? '' : `${code(`-${option.short}`)}, `;
      const flag = code(flagLabel(property, option));
      const cells = [short + flag, optionText(option), code(environmentName(property))];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    });
  return ['| flag | meaning | environment |', '|---|---|---|', ...rows].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
