import type { Codec } from '../codec.ts';
import { textList } from '../collections.ts';
import type { Cursor } from '../cursor.ts';
import { formatScalar } from '../format-scalar.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { toText } from '../scalars.ts';
import { isYamlMap, YamlFloat, type YamlMap, type YamlValue } from '../yaml-values.ts';

/** Entries of `/etc/hosts`, as `host:address`. */
const hostList: Codec<readonly string[]> = {
  ...textList,
  decode: (value, at) => {
    if (value === null) return undefined;
    if (isYamlMap(value)) return fromMap(value, at);
    const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
    return items.flatMap((item, index) => {
      at.enter(index);
      const line = toText(item, at);
      const entry = line === undefined ? [] : fromLine(line, at);
      at.leave();
      return entry;
    });
  },
};

function fromLine(line: string, at: Cursor): readonly string[] {
  const separator = line.includes('=') ? line.indexOf('=') : line.indexOf(':');
  if (separator >= 0) {
    return [`${line.slice(0, separator)}:${unbracket(line.slice(separator + 1))}`];
  }
  // Deviates: docker drops such a line without a word; D-0060.
  if (at.context.compat === 'none') {
    const hint = 'write host:address or host=address';
    at.error({ code: 'invalid-extra-host', reason: `"${line}" names no address`, hint });
  }
  return [];
}

function fromMap(map: YamlMap, at: Cursor): readonly string[] {
  const lines: string[] = [];
  for (const key of Object.keys(map)) {
    const member = map[key] ?? null;
    if (member === null) continue;
    at.enter(key);
    // The Compose Specification takes several addresses of one host.
    const members = Array.isArray(member) ? (member as readonly YamlValue[]) : [member];
    for (const one of members) {
      const address = addressText(one, at);
      if (address !== undefined) lines.push(`${key}:${unbracket(address)}`);
    }
    at.leave();
  }
  return lines.sort();
}

function addressText(member: YamlValue, at: Cursor): string | undefined {
  if (at.context.compat === 'docker') {
    // Parity: docker formats a number with a verb for strings (svc-extra-hosts-map-number).
    if (typeof member === 'number' && Number.isInteger(member)) return `%!s(int=${member})`;
    if (typeof member === 'number') return `%!s(float64=${formatScalar(member)})`;
    if (member instanceof YamlFloat) return `%!s(float64=${formatScalar(member)})`;
  }
  return toText(member, at);
}

function unbracket(address: string): string {
  return address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
}

/** Additional names of hosts; `host-gateway` passes through. @source spec/stack-file.md 8.4 */
export const extraHosts: KeySpec<readonly string[]> = defineKey({
  codec: hostList,
  support: 'supported',
  convert: (value, { draft }) => {
    if (value.length > 0) draft.container.Hosts = value.map(toHostsLine);
  },
});

/** `host:address` → `address host`, the order of /etc/hosts. */
function toHostsLine(entry: string): string {
  const separator = entry.indexOf(':');
  return `${entry.slice(separator + 1)} ${entry.slice(0, separator)}`;
}
