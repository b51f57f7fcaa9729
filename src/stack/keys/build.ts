import { struct, type Codec } from '../codec.ts';
import { textList, textMap, type TextMap } from '../collections.ts';
import { ignoredKey, type KeySpec } from '../key-spec.ts';
import { asWritten, text } from '../scalars.ts';
import type { YamlValue } from '../yaml-values.ts';
import { environment, type Environment } from './environment.ts';
import { extraHosts } from './extra-hosts.ts';

/** Build instructions: read and shown, never executed. @source spec/stack-file.md 8.8 */
export interface BuildModel {
  readonly context?: string;
  readonly dockerfile?: string;
  readonly args?: Environment;
  readonly labels?: TextMap;
  readonly cache_from?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly network?: string;
  readonly target?: string;
  readonly shm_size?: NonNullable<YamlValue>;
}

const fields = struct<BuildModel>({
  context: text,
  dockerfile: text,
  args: environment.codec,
  labels: textMap,
  cache_from: textList,
  extra_hosts: extraHosts.codec,
  network: text,
  target: text,
  shm_size: asWritten,
});

const buildCodec: Codec<BuildModel> = {
  ...fields,
  decode: (value, at) =>
    typeof value === 'string' ? { context: value } : fields.decode(value, at),
};

/** A stack is deployed from images. @source spec/stack-file.md 8.8 */
export const build: KeySpec<BuildModel> = ignoredKey(
  buildCodec,
  'build and push the image before deploying, then name it with "image:"',
);
