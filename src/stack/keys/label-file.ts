import { emptyRecord } from '../codec.ts';
import { textList, type TextMap } from '../collections.ts';
import type { Cursor } from '../cursor.ts';
import { defineKey, type KeySpec } from '../key-spec.ts';
import { readEnvFile } from './env-files.ts';

/** Files with labels; what they hold is in `labels` once a file is decoded. @source compose-spec 05-services.md */
export const labelFile: KeySpec<readonly string[]> = defineKey({
  codec: textList,
  support: 'supported',
});

interface LabelOwner {
  readonly labels?: TextMap;
  readonly label_file?: readonly string[];
}

/** The labels of one service: label files in order, then `labels` on top. */
export function resolveLabels(service: LabelOwner, at: Cursor): TextMap | undefined {
  const files = service.label_file ?? [];
  if (files.length === 0) return service.labels;
  const result = emptyRecord<string>();
  files.forEach((path, index) => {
    at.enter('label_file');
    at.enter(index);
    const variables = readEnvFile(path, (name) => result[name], at);
    at.leave();
    at.leave();
    if (variables === 'unreadable') return;
    for (const [key, value] of variables) result[key] = value ?? '';
  });
  return Object.assign(result, service.labels);
}
