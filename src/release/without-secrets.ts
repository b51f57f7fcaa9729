import type { SecretSpec } from '../swarm/secret.ts';

const REPLACEMENT = '<content of a secret>';

/**
 * Texts of files without the content of secrets, should somebody have written it there.
 *
 * Blank edges of the content do not matter: a file's last line feed is not in the text.
 */
export function withoutSecrets(
  sources: readonly { readonly name: string; readonly text: string }[],
  secrets: readonly SecretSpec[],
): readonly { readonly name: string; readonly text: string }[] {
  const contents = secrets
    .map(({ Data = '' }) => Buffer.from(Data, 'base64').toString('utf8').trim())
    .filter((one) => one.length >= SHORTEST)
    // A longer content may hold a shorter one.
    .sort((a, b) => b.length - a.length);
  return sources.map(({ name, text }) => ({
    name,
    text: contents.reduce((rest, content) => rest.replaceAll(content, REPLACEMENT), text),
  }));
}

/** Shorter texts are words of any file, and no secret. */
const SHORTEST = 4;
