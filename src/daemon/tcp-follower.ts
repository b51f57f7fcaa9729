import type { SwarmMembership } from '../server/backend.ts';
import type { TcpServer } from './tcp-server.ts';

/**
 * The API over TLS, for as long as there is a cluster to have certificates of. Each cluster has a CA
 * of its own, so the server is made anew when there is another cluster.
 */
export class TcpFollower {
  readonly #open: () => Promise<TcpServer | undefined>;
  #server: TcpServer | undefined;
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param open - opens it for the cluster there is now; undefined when there is none */
  constructor(open: () => Promise<TcpServer | undefined>) {
    this.#open = open;
  }

  /** The one that answers now. */
  get server(): TcpServer | undefined {
    return this.#server;
  }

  /** Ends what there is and opens it for the cluster there is now. @throws what opening throws */
  renew(): Promise<void> {
    return this.#queue(async () => {
      if (!this.#isClosed) this.#server = await this.#open();
    });
  }

  /**
   * Renews it whenever there is another cluster, or none any more.
   * @param onError - hears what renewing threw
   * @returns ends that, and the server
   */
  follow(
    membership: Pick<SwarmMembership, 'watch'>,
    onError: (error: unknown) => void,
  ): () => Promise<void> {
    const end = membership.watch(() => void this.renew().catch(onError));
    return () => {
      end();
      this.#isClosed = true;
      return this.#queue(async () => undefined);
    };
  }

  /** One after another: an address cannot be had twice. */
  #queue(then: () => Promise<void>): Promise<void> {
    const work = this.#work.then(async () => {
      const former = this.#server;
      this.#server = undefined;
      await former?.close();
      await then();
    });
    this.#work = work.catch(() => undefined);
    return work;
  }
}
