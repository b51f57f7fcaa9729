import { YamlFloat, type YamlScalar } from '../yaml-values.ts';
import { resolveScalar, tagOf } from './resolve-scalar.ts';
import type { Token } from './token.ts';
import { YamlError } from './yaml-error.ts';

/** Tags that ask for a type; text under any other tag is a string. */
const KNOWN: ReadonlySet<string> = new Set(
  ['null', 'bool', 'int', 'float', 'timestamp', 'binary'].map((name) => `!!${name}`),
);

/**
 * Reads a scalar that has an explicit tag (empty when it has none).
 *
 * @throws YamlError when the text cannot be read as the tag asks
 * @source spec/stack-file.md section 4; go-yaml v3 resolve.go
 */
export function readTagged(tag: string, token: Token): YamlScalar {
  if (tag === '' || tag === '!') {
    return token.kind === 'plain' ? resolveScalar(token.value) : token.value;
  }
  if (!KNOWN.has(tag)) return token.value;
  if (tag === '!!binary') return readBinary(token);
  const value = resolveScalar(token.value);
  const natural = tagOf(value);
  if (tag === natural) return value;
  if (tag === '!!float' && natural === '!!int') return new YamlFloat(Number(value));
  throw new YamlError({
    code: 'yaml-tag',
    message: `cannot decode ${natural} \`${token.value}\` as a ${tag}`,
    extent: token,
    hint: 'remove the tag, or write a value that fits it',
  });
}

function readBinary(token: Token): string {
  const text = token.value.replaceAll(/[\r\n]/g, '');
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (!isBase64) {
    throw new YamlError({
      code: 'yaml-tag',
      message: '!!binary value contains invalid base64 data',
      extent: token,
      hint: 'write the bytes in base64, padded with =',
    });
  }
  return new TextDecoder().decode(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)));
}
