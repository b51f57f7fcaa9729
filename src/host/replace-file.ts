import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Puts a content in place of a file: whoever reads sees the former content or the new one, never half.
 * @param mode - permissions; default as the umask says
 * @returns why it could not be done; then nothing is left behind
 */
export function replaceSystemFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o666,
): string | undefined {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode });
    renameSync(temporary, path);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
    return error instanceof Error ? error.message : String(error);
  }
}
