/**
 * The path without doubled slashes and dot segments, a trailing slash kept.
 *
 * Whoever asks for another form is sent there: no route ever sees `..`.
 * @source spec/engine-api.md section 1.1; Go path.Clean
 */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const end = kept.length > 0 && /\/\.{0,2}$/.test(path) && !path.endsWith('...') ? '/' : '';
  return `/${kept.join('/')}${path.endsWith('/') ? end : ''}`;
}
