import manifest from '../../package.json' with { type: 'json' };

/** tstack's own version. */
export const VERSION: string = manifest.version;
