import { createSocket } from 'node:dgram';
import { DNS_CODE, DNS_TYPE, parseQuery, toAnswer, type DnsQuestion } from './dns-message.ts';

export interface NameServerOptions {
  /** Loopback. */
  readonly address: string;
  readonly port: number;
  /**
   * The addresses behind a name for whoever asks from a local port; undefined: not a name of ours.
   */
  readonly resolve: (name: string, fromPort: number) => readonly string[] | undefined;
  /** The socket cannot be had. */
  readonly onTrouble: (error: Error) => void;
}

export interface NameServer {
  /** Whether it answers. */
  readonly isListening: boolean;
  close(): void;
}

/**
 * Answers questions about the names of services, over UDP. What it does not know it refuses, and
 * resolvers ask their next server: it forwards nothing.
 */
export function listenForNames(options: NameServerOptions): NameServer {
  const { address, port, resolve, onTrouble } = options;
  const socket = createSocket('udp4');
  let isListening = false;
  let isClosed = false;
  socket.on('message', (message, from) => {
    const question = parseQuery(message);
    if (!question || from.address.split('.')[0] !== '127') return;
    const answer = toAnswer(question, answerTo(question, resolve(question.name, from.port)));
    // Whoever asked may be gone.
    socket.send(answer, from.port, from.address, () => undefined);
  });
  socket.on('error', (error) => {
    onTrouble(error);
  });
  socket.bind({ address, port, exclusive: true }, () => {
    isListening = !isClosed;
  });
  return {
    get isListening() {
      return isListening;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      isListening = false;
      socket.close();
    },
  };
}

/** A name of ours has IPv4 addresses and nothing else. Pure. */
function answerTo(question: DnsQuestion, found: readonly string[] | undefined) {
  if (!found) return { code: DNS_CODE.refused, addresses: [] };
  const isWanted = question.type === DNS_TYPE.a || question.type === DNS_TYPE.any;
  return { code: DNS_CODE.ok, addresses: isWanted ? found : [] };
}
