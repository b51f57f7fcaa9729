import type { Codec } from '../codec.ts';
import { listOf } from '../collections.ts';
import type { Cursor, EnvFile } from '../cursor.ts';
import { parseDotenv } from '../dotenv.ts';
import { parseEnvFile } from '../env-file.ts';
import { textOf } from '../format-scalar.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { describeFailure } from '../load.ts';
import { resolvePath } from '../paths.ts';
import type { PrintValue } from '../print-value.ts';
import { requireString } from '../scalars.ts';
import { isYamlMap, type YamlMap } from '../yaml-values.ts';

/** The long form of an env file. @source compose-spec 05-services.md, env_file */
interface EnvFileLong {
  readonly path: string;
  /** Whether it is an error that the file is missing. */
  readonly required: boolean;
  /** `raw`: as docker stack reads it; otherwise as docker compose does. */
  readonly format: string;
}

/** One env file of a service. */
export type EnvFileModel = string | EnvFileLong;

const envFileCodec: Codec<EnvFileModel> = {
  decode: (value, at) => (isYamlMap(value) ? decodeLong(value, at) : requireString(value, at)),
  merge: (_base, over) => over,
  print: (value) => (typeof value === 'string' ? value : printLong(value)),
};

function decodeLong(value: YamlMap, at: Cursor): EnvFileModel | undefined {
  const { path, required = true, format = '' } = value;
  const written = requireString(path ?? '', at);
  if (written === undefined) return undefined;
  const word = textOf(format);
  if (word !== '' && word !== 'raw') {
    at.enter('format');
    at.error({
      code: 'invalid-value',
      reason: `"${word}" is no format of env files`,
      hint: 'write raw, or leave it out',
    });
    at.leave();
  }
  return { path: written, required: required !== false && required !== 'false', format: word };
}

function printLong({ path, required, format }: EnvFileLong): PrintValue {
  return { path, ...(!required && { required }), ...(format !== '' && { format }) };
}

/** Env files; their variables are in `environment` once a file is decoded. @source spec 8.3 */
export const envFile: KeySpec<readonly EnvFileModel[]> = defineKey({
  codec: listOf(envFileCodec),
  support: 'supported',
});

/**
 * The variables of one env file; the cursor is at its entry.
 *
 * docker stack takes values verbatim; docker compose reads quotes, comments and variables.
 * @param earlier - variables of the files before, which a value may refer to
 */
export function readEnvFile(
  model: EnvFileModel,
  earlier: (name: string) => string | undefined,
  at: Cursor,
): EnvFile {
  const {
    path: written,
    required,
    format,
  } = typeof model === 'string' ? { path: model, required: true, format: '' } : model;
  const path = resolvePath(at.directory(), written);
  const isRaw = format === 'raw' || at.context.format === 'docker';
  const key = `${isRaw ? 'raw' : 'dotenv'} ${path}`;
  const known = at.context.envFiles.get(key);
  if (known) return known;
  const content = at.context.readFile(path);
  if (content.kind === 'error') {
    if (!required && content.code === 'ENOENT') return new Map();
    const hint = hintForMissing(at);
    at.problem({
      code: 'env-file-unreadable',
      severity: 'error',
      // A directory opens, and fails when it is read as an env file.
      message: `${content.code === 'EISDIR' ? `invalid env file (${path}): ` : ''}${describeFailure(path, content)}`,
      hint,
    });
    at.context.envFiles.set(key, 'unreadable');
    return 'unreadable';
  }
  if (isRaw) return remember(key, readRaw(path, content.bytes, at), at);
  const { variables, isOpen } = readDotenv(path, content.bytes, { earlier, at });
  return isOpen ? variables : remember(key, variables, at);
}

function hintForMissing(at: Cursor): string {
  if (at.context.format === 'docker') {
    return 'env_file paths are relative to the directory of the first stack file';
  }
  return at.path().includes('label_file')
    ? 'the path is relative to the directory of the file that names it'
    : 'write "required: false" beside "path:" when the file may be missing';
}

function remember(key: string, variables: EnvFile, at: Cursor): EnvFile {
  at.context.envFiles.set(key, variables);
  return variables;
}

function readRaw(path: string, bytes: Uint8Array, at: Cursor): EnvFile {
  const parsed = parseEnvFile(bytes);
  if (parsed.kind === 'ok') return parsed.variables;
  at.problem({
    code: 'invalid-env-file',
    severity: 'error',
    message: `invalid env file (${path}): ${parsed.reason}`,
    hint: `line ${parsed.line} must read KEY=value, without quotes or "export"`,
  });
  return 'unreadable';
}

function readDotenv(
  path: string,
  bytes: Uint8Array,
  { earlier, at }: { earlier: (name: string) => string | undefined; at: Cursor },
): { readonly variables: EnvFile; readonly isOpen: boolean } {
  const parsed = parseDotenv(bytes, (name) => at.variable(name) ?? earlier(name));
  if (parsed.kind === 'ok') return parsed;
  at.problem({
    code: 'invalid-env-file',
    severity: 'error',
    message: `invalid env file (${path}:${parsed.line}): ${parsed.reason}`,
    hint: 'write NAME=value, quote what has blanks or # in it, or take it verbatim with "format: raw"',
  });
  return { variables: 'unreadable', isOpen: false };
}
