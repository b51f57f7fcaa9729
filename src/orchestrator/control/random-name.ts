import type { Random } from '../../base/random.ts';

const ADJECTIVES = [
  'amber',
  'brisk',
  'calm',
  'dapper',
  'eager',
  'fond',
  'gentle',
  'hardy',
  'ideal',
  'jolly',
  'keen',
  'lucid',
  'merry',
  'nimble',
  'quiet',
  'steady',
];
const SURNAMES = [
  'ampere',
  'babbage',
  'celsius',
  'dijkstra',
  'euler',
  'faraday',
  'gauss',
  'hamilton',
  'jacquard',
  'kepler',
  'lamarr',
  'maxwell',
  'noether',
  'pascal',
  'ritchie',
  'volta',
];

/** A name for a service that was given none: `adjective_surname`. @source spec/orchestrator.md section 23 */
export function randomName(random: Random): string {
  const pick = (words: readonly string[]): string =>
    words[Math.floor(random.next() * words.length)] ?? '';
  return `${pick(ADJECTIVES)}_${pick(SURNAMES)}`;
}
