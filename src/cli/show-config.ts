import type { StackModel } from '../stack/model.ts';
import { dollarsOf, printConfig, toPrintValue } from '../stack/print-config.ts';
import { printJson } from './render/print-json.ts';

interface ShowOptions {
  readonly format: 'yaml' | 'json';
  readonly skipInterpolation: boolean;
  readonly escapeDollars: boolean;
}

/** The whole of a stack's files in normal form, as YAML or JSON; ends with a line feed. */
export function showConfig(
  model: StackModel,
  { format, skipInterpolation, escapeDollars }: ShowOptions,
): string {
  // Variables that were left alone must stay what they are.
  const areDoubled = escapeDollars || dollarsOf(model).areDoubled;
  const dollars = { areDoubled: areDoubled && !skipInterpolation };
  return format === 'json'
    ? `${printJson(toPrintValue(model, dollars))}\n`
    : printConfig(model, dollars);
}
