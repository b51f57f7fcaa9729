/**
 * A path with `.`, `..` and doubled slashes resolved; never empty.
 * @source Go path.Clean
 */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isRooted) parts.push('..');
  }
  const joined = parts.join('/');
  return isRooted ? `/${joined}` : joined || '.';
}

/** `path` seen from `base`: an absolute path as it is, any other joined to `base` and cleaned. */
export function resolvePath(base: string, path: string): string {
  return path.startsWith('/') ? path : cleanPath(`${base}/${path}`);
}

/** Whether a path is absolute on Windows: `C:\x`, `C:/x`, `\\server\share\x`. */
export function isWindowsAbsolute(path: string): boolean {
  return (
    /^[A-Za-z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]/.test(path)
  );
}

/** The directory of an absolute path. */
export function directoryOf(path: string): string {
  return cleanPath(`${path}/..`);
}

/** An absolute path as a user in `workingDirectory` would write it. */
export function displayPath(path: string, workingDirectory: string): string {
  const below = workingDirectory.endsWith('/') ? workingDirectory : `${workingDirectory}/`;
  return path.startsWith(below) ? path.slice(below.length) : path;
}
