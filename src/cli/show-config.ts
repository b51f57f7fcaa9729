import type { StackModel } from '../stack/model.ts';
import { dollarsOf, printConfig, toPrintValue } from '../stack/print-config.ts';
import { printJson } from './render/print-json.ts';

/** The whole of a stack's files in normal form, as YAML or JSON; ends with a line feed. */
export function showConfig(
  model: StackModel,
  { format, skipInterpolation }: { format: 'yaml' | 'json'; skipInterpolation: boolean },
): string {
  // Variables that were left alone must stay what they are.
  const dollars = skipInterpolation ? { areDoubled: false } : dollarsOf(model);
  return format === 'json'
    ? `${printJson(toPrintValue(model, dollars))}\n`
    : printConfig(model, dollars);
}
