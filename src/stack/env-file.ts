/** What reading an env file's text gave. */
export type ParsedEnvFile =
  | {
      readonly kind: 'ok';
      readonly variables: ReadonlyMap<string, string | null>;
      /** 1-based line of each variable. */
      readonly lines: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'error'; readonly line: number; readonly reason: string };

const MAX_LINE_BYTES = 65_536;

/**
 * Reads an env file as docker does: `KEY=value` per line, taken verbatim.
 *
 * No quotes, escapes, inline comments, interpolation or `export`. A line without `=` gives null:
 * the shell decides. Later lines win.
 * @source spec/stack-file.md 8.3
 */
export function parseEnvFile(bytes: Uint8Array): ParsedEnvFile {
  const variables = new Map<string, string | null>();
  const lines = new Map<string, number>();
  for (const [index, raw] of splitLines(bytes).entries()) {
    const line = decodeLine(raw);
    if (line === undefined) {
      const shown = [...raw].join(' ');
      const reason = `invalid utf8 bytes at line ${index + 1}: [${shown}]`;
      return { kind: 'error', line: index + 1, reason };
    }
    if (raw.length >= MAX_LINE_BYTES) {
      return { kind: 'error', line: index + 1, reason: 'bufio.Scanner: token too long' };
    }
    const reason = addLine(index === 0 ? line.replace(/^\uFEFF/, '') : line, (key, value) => {
      variables.set(key, value);
      lines.set(key, index + 1);
    });
    if (reason !== undefined) return { kind: 'error', line: index + 1, reason };
  }
  return { kind: 'ok', variables, lines };
}

function addLine(
  line: string,
  put: (key: string, value: string | null) => void,
): string | undefined {
  const trimmed = line.replace(/^\s+/u, '');
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const equals = trimmed.indexOf('=');
  const key = equals < 0 ? trimmed : trimmed.slice(0, equals);
  if (key === '') return `no variable name on line '${trimmed}'`;
  if (/[ \t]/.test(key)) return `variable '${key}' contains whitespaces`;
  put(key, equals < 0 ? null : trimmed.slice(equals + 1));
  return undefined;
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.subarray(start, bytes[end - 1] === 13 && end > start ? end - 1 : end));
    start = end + 1;
  }
  return lines;
}

function decodeLine(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
