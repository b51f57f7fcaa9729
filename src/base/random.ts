/** A source of randomness; used for ids and balancing only. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** Deterministic generator (mulberry32): the same seed gives the same sequence. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

const ID_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A Swarm-shaped id: 25 characters of [0-9a-z]. @source swarmkit identity/randomid.go */
export function randomId(random: Random): string {
  let id = '';
  for (let at = 0; at < 25; at += 1) id += ID_ALPHABET.charAt(Math.floor(random.next() * 36));
  return id;
}
