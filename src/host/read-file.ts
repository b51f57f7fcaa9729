import { readFileSync } from 'node:fs';
import type { ReadFile } from '../stack/read-file.ts';

/** Reads real files; what goes wrong is an answer. */
export const readSystemFile: ReadFile = (path) => {
  try {
    return { kind: 'data', bytes: readFileSync(path) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'error', code: error.code, message: error.message };
  }
};

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
