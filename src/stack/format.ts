/**
 * How the files of one call are read.
 *
 * `docker`: as `docker stack` reads them, because a file states `version: "3.x"`, or because the
 * docker command accepts the files as they are, or because of `--compat docker`. `compose`: by the
 * Compose Specification, because the files use something of it that `docker stack` refuses.
 * @source D-0220
 */
export type Format = 'docker' | 'compose';

/**
 * The name of a stack whose files give it none: that of their directory.
 *
 * Printing it also keeps `config` output in the Compose Specification's format.
 * @source compose-spec, "Name top-level element"
 */
export function nameOfDirectory(directory: string): string {
  const last = directory.split('/').findLast((part) => part !== '') ?? '';
  const name = last.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
  return name.replace(/^[_-]+/, '') || 'stack';
}
