/** A question about one name, as resolvers ask it. */
export interface DnsQuestion {
  readonly id: number;
  /** Lower case, no final dot. */
  readonly name: string;
  /** 1 is an IPv4 address, 28 an IPv6 address. */
  readonly type: number;
  readonly isRecursionDesired: boolean;
  /** The question's own bytes, to be repeated in the answer. */
  readonly bytes: Uint8Array;
}

export const DNS_TYPE = { a: 1, any: 255 } as const;

/** @source RFC 1035 4.1.1 */
export const DNS_CODE = { ok: 0, formatError: 1, notImplemented: 4, refused: 5 } as const;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const MAX_NAME_BYTES = 255;
/** What every resolver takes. @source RFC 1035 4.2.1 */
const MAX_ANSWER_BYTES = 512;
const RECORD_BYTES = 16;

/** Reads a query with one question of class IN; undefined when it is anything else. @source RFC 1035 4.1 */
export function parseQuery(message: Uint8Array): DnsQuestion | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  const isQuery = (flags & 0xf800) === 0;
  if (!isQuery || view.getUint16(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63 || at - HEADER_BYTES > MAX_NAME_BYTES) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(new TextDecoder('latin1').decode(message.subarray(at, at + length)));
    at += length;
  }
  if (at + 4 > message.length || view.getUint16(at + 2) !== CLASS_IN) return undefined;
  return {
    id: view.getUint16(0),
    name: labels.join('.').toLowerCase(),
    type: view.getUint16(at),
    isRecursionDesired: (flags & 0x0100) !== 0,
    bytes: message.slice(HEADER_BYTES, at + 4),
  };
}

/**
 * An answer with as many addresses as fit into a datagram.
 * @param addresses - IPv4, in the order in which they are to be tried
 */
export function toAnswer(
  question: DnsQuestion,
  { code, addresses }: { readonly code: number; readonly addresses: readonly string[] },
): Uint8Array {
  const room = Math.floor((MAX_ANSWER_BYTES - HEADER_BYTES - question.bytes.length) / RECORD_BYTES);
  const told = addresses.slice(0, room);
  const answer = new Uint8Array(HEADER_BYTES + question.bytes.length + told.length * RECORD_BYTES);
  const view = new DataView(answer.buffer);
  view.setUint16(0, question.id);
  const desired = question.isRecursionDesired ? 0x0100 : 0;
  // A response, with recursion available: resolvers complain about servers that offer none.
  view.setUint16(2, 0x8000 | desired | 0x0080 | code);
  view.setUint16(4, 1);
  view.setUint16(6, told.length);
  answer.set(question.bytes, HEADER_BYTES);
  told.forEach((address, index) => {
    const at = HEADER_BYTES + question.bytes.length + index * RECORD_BYTES;
    // The name: a pointer to the question's.
    view.setUint16(at, 0xc000 | HEADER_BYTES);
    view.setUint16(at + 2, DNS_TYPE.a);
    view.setUint16(at + 4, CLASS_IN);
    // Nobody keeps it: tasks come and go. The time to live, 32 bits at +6, stays 0.
    view.setUint16(at + 10, 4);
    answer.set(address.split('.').map(Number), at + 12);
  });
  return answer;
}
