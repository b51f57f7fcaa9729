import type { PrintValue } from '../../stack/print-value.ts';
import { YamlFloat, YamlTimestamp } from '../../stack/yaml-values.ts';

/** A YAML tree as indented JSON; integers of any size keep their digits. */
export function printJson(value: PrintValue, indent = ''): string {
  const inner = `${indent}  `;
  if (value instanceof YamlFloat) return String(value.value);
  if (value instanceof YamlTimestamp) return JSON.stringify(value.text);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) {
    const items = value.map((item) => inner + printJson(item, inner));
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const members = entries.map(
    ([key, member]) => `${inner}${JSON.stringify(key)}: ${printJson(member as PrintValue, inner)}`,
  );
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function isList(value: PrintValue): value is readonly PrintValue[] {
  return Array.isArray(value);
}
