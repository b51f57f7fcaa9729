import { lstatSync, mkdirSync } from 'node:fs';
import { EXIT_CODE, UserError } from '../base/errors.ts';

/**
 * Makes a directory for this user alone (0700), or checks that it is one.
 * @throws UserError it is a link, belongs to somebody else, or others may enter
 */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UserError(`cannot make ${path}: ${(cause as Error).message}`, {
      code: 'directory-not-made',
      exitCode: EXIT_CODE.unreachable,
      hint: 'Set XDG_STATE_HOME, XDG_CONFIG_HOME and XDG_RUNTIME_DIR to directories of yours.',
      cause,
    });
  }
  const trouble = privacyTrouble(path);
  if (trouble === undefined) return;
  throw new UserError(`${path} ${trouble}`, {
    code: 'directory-not-private',
    exitCode: EXIT_CODE.unreachable,
    hint: `Look at who made it; then remove it, or 'chmod 700' it if it is yours.`,
  });
}

/** Why a path is no directory of this user alone; undefined when it is one. */
export function privacyTrouble(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return 'is not a directory';
  const uid = process.getuid?.();
  if (uid !== undefined && found.uid !== uid) return `belongs to another user (uid ${found.uid})`;
  return (found.mode & 0o077) === 0 ? undefined : 'is open to other users';
}
