/** An image reference in normalised parts. */
export interface ImageReference {
  /** Registry host, `docker.io` when none is written. */
  readonly domain: string;
  /** Repository inside the registry, `library/` added for official images. */
  readonly path: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

/** What parsing an image reference gave; the reason is the text that docker prints. */
export type ParsedImage =
  | { readonly kind: 'ok'; readonly image: ImageReference }
  | { readonly kind: 'error'; readonly reason: string };

const DOMAIN_COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REFERENCE = new RegExp(
  `^(${PATH_COMPONENT}(?:/${PATH_COMPONENT})*)` +
    '(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?' +
    '(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$',
);
const DOMAIN_PATTERN = new RegExp(`^${DOMAIN}$`);
const MAX_NAME_LENGTH = 255;
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * Reads an image reference: `nginx`, `registry:5000/team/app:1.2@sha256:…`.
 * @source distribution/reference ParseNormalizedNamed; spec/stack-file.md 8.1
 */
export function parseImage(text: string): ParsedImage {
  if (/^[a-f0-9]{64}$/.test(text)) {
    return {
      kind: 'error',
      reason: `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    };
  }
  const { domain, rest } = splitDomain(text);
  const name = /^[^:@]*/.exec(rest)?.[0] ?? '';
  if (name.toLowerCase() !== name) {
    return {
      kind: 'error',
      reason: `invalid reference format: repository name (${name}) must be lowercase`,
    };
  }
  const match = REFERENCE.exec(rest);
  if (!match || !DOMAIN_PATTERN.test(domain) || !isDigest(match[3])) {
    return { kind: 'error', reason: 'invalid reference format' };
  }
  const [, path = '', tag, digest] = match;
  if (path.length > MAX_NAME_LENGTH) {
    return { kind: 'error', reason: 'repository name must not be more than 255 characters' };
  }
  const parts = {
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
  return { kind: 'ok', image: { domain, path, ...parts } };
}

function isDigest(digest: string | undefined): boolean {
  if (digest === undefined) return true;
  const [algorithm = '', hex = ''] = digest.split(':');
  return DIGEST_LENGTHS[algorithm] === hex.length && /^[a-f0-9]+$/.test(hex);
}

function splitDomain(text: string): { domain: string; rest: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  let domain = isDomain ? first : 'docker.io';
  const rest = isDomain ? text.slice(slash + 1) : text;
  if (domain === 'index.docker.io') domain = 'docker.io';
  return { domain, rest: domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest };
}

/**
 * The short spelling docker shows and sends: no default registry, no `library/`.
 *
 * A reference with neither tag nor digest gets `:latest`.
 * @source distribution/reference FamiliarString, TagNameOnly
 */
export function familiarImage(image: ImageReference): string {
  const tag = image.tag ?? (image.digest === undefined ? 'latest' : undefined);
  return (
    familiarName(image) +
    (tag === undefined ? '' : `:${tag}`) +
    (image.digest === undefined ? '' : `@${image.digest}`)
  );
}

function familiarName(image: ImageReference): string {
  if (image.domain !== 'docker.io') return `${image.domain}/${image.path}`;
  const official = /^library\/([^/]+)$/.exec(image.path)?.[1];
  return official ?? image.path;
}
