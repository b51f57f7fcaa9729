/** A mount of the short syntax, in the long form. */
export interface ShortVolume {
  readonly type: 'bind' | 'volume';
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly noCopy: boolean;
  /** A propagation word, when one was written. */
  readonly propagation?: string;
}

/** What parsing a short volume gave; the reason is the text that docker prints. */
export type ParsedVolume =
  | { readonly kind: 'ok'; readonly volume: ShortVolume }
  | { readonly kind: 'error'; readonly reason: string };

const PROPAGATIONS = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];

/** How a single letter before a colon is read: as a drive always, or only when it can be one. */
export type DriveRule = 'always' | 'when-plausible';

/**
 * Reads `[source:]target[:options]`.
 * @source docker/cli cli/compose/loader/volume.go; spec/stack-file.md 11.2
 */
export function parseVolume(written: string, drives: DriveRule): ParsedVolume {
  if (written === '') return { kind: 'error', reason: 'invalid empty volume spec' };
  if (written.length <= 2) return ok({ target: written });
  const sections = splitSections(written, drives);
  if (sections.includes('')) return failed(written, 'empty section between colons');
  if (sections.length > 3) return failed(written, 'too many colons');
  const [first = '', second, options = ''] = sections;
  if (second === undefined) return ok({ target: first });
  return ok({ source: first, target: second, options: options === '' ? [] : options.split(',') });
}

function failed(written: string, reason: string): ParsedVolume {
  return { kind: 'error', reason: `invalid spec: ${written}: ${reason}` };
}

interface Parts {
  readonly source?: string;
  readonly target: string;
  readonly options?: readonly string[];
}

function ok({ source, target, options = [] }: Parts): ParsedVolume {
  const propagation = options.findLast((word) => PROPAGATIONS.includes(word));
  const access = options.findLast((word) => word === 'ro' || word === 'rw');
  return {
    kind: 'ok',
    volume: {
      type: source !== undefined && isFilePath(source) ? 'bind' : 'volume',
      ...(source !== undefined && { source }),
      target,
      readOnly: access === 'ro',
      noCopy: options.includes('nocopy'),
      ...(propagation !== undefined && { propagation }),
    },
  };
}

/** Splits at colons, except those of Windows drives. */
function splitSections(written: string, drives: DriveRule): string[] {
  const sections: string[] = [];
  let start = 0;
  for (let at = 0; at < written.length; at += 1) {
    if (written[at] !== ':') continue;
    const isDrive = isLetter(written.slice(start, at));
    if (isDrive && (drives === 'always' || isPlausibleDrive(written.slice(at + 1)))) continue;
    sections.push(written.slice(start, at));
    start = at + 1;
  }
  return [...sections, written.slice(start)];
}

/**
 * Whether the letter before this colon is a drive: a backslash follows, or a slash and then an
 * absolute target. Deviates: docker takes every single letter for a drive; D-0060.
 */
function isPlausibleDrive(rest: string): boolean {
  return rest.startsWith('\\') || /^\/[^:]*:(?:\/|[A-Za-z]:[\\/])/.test(rest);
}

function isFilePath(source: string): boolean {
  if (/^[./~]/.test(source) || source.startsWith('\\\\')) return true;
  const colon = source.indexOf(':');
  return colon > 0 && isLetter(source.slice(0, colon));
}

/** Compiling `\p{L}` takes milliseconds, so longer texts never get to it. */
function isLetter(text: string): boolean {
  return text.length <= 2 && /^\p{L}$/u.test(text);
}
