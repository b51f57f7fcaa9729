/** What reading one file gave. */
export type FileContent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'error';
      /** The system's word: `ENOENT`, `EISDIR`, `EACCES` … */
      readonly code: string;
      readonly message: string;
    };

/**
 * The port to files: env files, secret and config files, stack files. Never throws.
 *
 * @param path - absolute, or relative to the working directory of the command
 */
export type ReadFile = (path: string) => FileContent;
