import { colors } from '../colors.ts';
import type { Command, CommandGroup, CommandNode } from '../define-command.ts';
import { GLOBAL_OPTIONS } from '../global-options.ts';
import { environmentName, flagName, type Option, type OptionTable } from '../option.ts';
import { usageLine } from '../usage.ts';
import { wrapText } from './wrap-text.ts';

/** Where help goes to. */
export interface HelpStyle {
  readonly columns: number;
  readonly color: boolean;
}

/** Help of one command: usage, options, examples, environment. */
export function renderCommandHelp(
  command: Command,
  path: readonly string[],
  style: HelpStyle,
): string {
  const names = [command.name, ...(command.aliases ?? [])];
  return joinSections([
    `${heading('Usage:', style)}  ${usageLine(path, command.arguments)}`,
    command.summary,
    command.description && wrapText(command.description, textWidth(style)),
    names.length > 1 && section('Aliases', [`  ${names.join(', ')}`], style),
    optionSection('Options', command.options, style),
    command.examples && section('Examples', exampleLines(command), style),
    wrapText(footer(command), textWidth(style)),
  ]);
}

/** Help of a group, the top included: its commands and the global options. */
export function renderGroupHelp(
  group: CommandGroup,
  path: readonly string[],
  style: HelpStyle,
): string {
  const where = ['tstack', ...path].join(' ');
  const rows = group.commands.filter(isVisible).map((one) => [one.name, one.summary] as const);
  return joinSections([
    `${heading('Usage:', style)}  ${where} [OPTIONS] COMMAND`,
    group.summary,
    section('Commands', tableLines(rows, style), style),
    optionSection('Global options', GLOBAL_OPTIONS, style),
    `Run '${where} COMMAND --help' for the options and examples of a command.`,
  ]);
}

/** Whether help and completion show it. */
export function isVisible(one: CommandNode | Option): boolean {
  return one.hidden !== true;
}

/** `-c, --compose-file FILE`; without a short name the dashes stay aligned. */
export function optionLabel(property: string, option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}${flagLabel(property, option)}`;
}

/** `--compose-file FILE`, `--embedded[=NAME]`. */
export function flagLabel(property: string, option: Option): string {
  const value = valueLabel(option);
  const flag = `--${flagName(property)}`;
  if (option.kind === 'string' && option.bare !== undefined) return `${flag}[=${value}]`;
  return value === '' ? flag : `${flag} ${value}`;
}

/** What stands for the value: a placeholder or the words to choose from; empty for booleans. */
function valueLabel(option: Option): string {
  if (option.kind === 'boolean') return '';
  if (option.kind === 'choice') return option.choices.join('|');
  return option.kind === 'duration' ? 'DURATION' : option.placeholder;
}

/** The help text with repeatability and default. */
export function optionText(option: Option): string {
  const notes = [
    option.kind === 'list' && option.once === undefined ? 'repeatable' : '',
    'default' in option && option.default !== undefined && option.default !== false
      ? `default ${String(option.default)}`
      : '',
  ].filter((note) => note !== '');
  return notes.length === 0 ? option.help : `${option.help} (${notes.join(', ')})`;
}

function optionSection(title: string, table: OptionTable, style: HelpStyle): string {
  const rows = Object.entries(table)
    .filter(([, option]) => isVisible(option))
    .map(([property, option]) => [optionLabel(property, option), optionText(option)] as const);
  return rows.length === 0 ? '' : section(title, tableLines(rows, style), style);
}

function exampleLines(command: Command): string[] {
  return (command.examples ?? []).flatMap((one, index) => [
    ...(index === 0 ? [] : ['']),
    `  # ${one.text}`,
    `  ${one.command}`,
  ]);
}

function footer(command: Command): string {
  const visible = Object.keys(command.options).find((property) => {
    const option = command.options[property];
    return option !== undefined && isVisible(option);
  });
  const property = visible ?? 'host';
  return (
    `Flags take their defaults from the environment: ${environmentName(property)} stands for ` +
    `--${flagName(property)}. Flags of every command (-H, --context, --compat …): tstack --help`
  );
}

function tableLines(
  rows: readonly (readonly [string, string])[],
  style: HelpStyle,
): readonly string[] {
  const width = Math.min(32, Math.max(...rows.map(([label]) => label.length)) + 2);
  return rows.flatMap(([label, text]) => {
    const lines = wrapText(text, Math.max(24, textWidth(style) - width - 2)).split('\n');
    const isLong = label.length > width - 2;
    const first = isLong ? [`  ${label}`] : [`  ${label.padEnd(width)}${lines.shift() ?? ''}`];
    return [...first, ...lines.map((line) => `  ${' '.repeat(width)}${line}`)];
  });
}

function textWidth(style: HelpStyle): number {
  return Math.min(100, style.columns);
}

function section(title: string, lines: readonly string[], style: HelpStyle): string {
  return `${heading(`${title}:`, style)}\n${lines.join('\n')}`;
}

function heading(text: string, style: HelpStyle): string {
  return style.color ? colors.bold(text) : text;
}

function joinSections(sections: readonly (string | false | undefined)[]): string {
  return `${sections.filter((one) => typeof one === 'string' && one !== '').join('\n\n')}\n`;
}
