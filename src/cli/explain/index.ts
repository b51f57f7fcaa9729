import { CLUSTER_CODES, FILE_SET_CODES } from './cluster-codes.ts';
import { ENGINE_CODES } from './engine-codes.ts';
import type { Explanations } from './explanation.ts';
import { FILE_CODES } from './file-codes.ts';
import { KEY_CODES } from './key-codes.ts';
import { LINT_CODES } from './lint-codes.ts';
import { RELEASE_CODES } from './release-codes.ts';

/** Every code that tstack reports, with its explanation; a house test finds missing ones. */
export const EXPLANATIONS: Explanations = {
  ...FILE_CODES,
  ...FILE_SET_CODES,
  ...KEY_CODES,
  ...LINT_CODES,
  ...ENGINE_CODES,
  ...CLUSTER_CODES,
  ...RELEASE_CODES,
};
