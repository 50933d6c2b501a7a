import type { Redis } from 'ioredis';

import type { BusConnection } from './bus-session.js';

/** What is told of a connection. After `lost` nothing more is. */
export interface ConnectionListener {
  subscribed(): void;
  message(text: string): void;
  /** The server is there and refuses. */
  refused(error: Error): void;
  lost(): void;
}

/** Where to listen. */
export interface BusAddress {
  /** Clients of the servers that may have the channel, whose options the connection takes over; one, but in a Cluster. */
  readonly servers: () => readonly Redis[];
  readonly channel: string;
  /** Is the channel one of sharded pub/sub, which one server of a Cluster has, where servers can do that (Redis 7)? */
  readonly sharded: boolean;
}

/**
 * One connection that listens to a channel, from its beginning to its loss. It never connects again by itself: ioredis
 * would subscribe again in silence, and messages from in between would be missing.
 */
export class RedisBusConnection implements BusConnection {
  readonly #address: BusAddress;
  readonly #listener: ConnectionListener;
  #client: Redis | undefined;
  #over = false;

  constructor(address: BusAddress, listener: ConnectionListener) {
    this.#address = address;
    this.#listener = listener;
    void this.#begin();
  }

  /** Answered after every message that the server sent before it. Rejects, or never settles, where the connection is dead. */
  async ping(): Promise<void> {
    await this.#client?.ping();
  }

  /** Tells `lost`, once. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#client?.disconnect();
    this.#listener.lost();
  }

  /**
   * In a Cluster one server after the other, until the one that has the channel is found; each time from another one on, as
   * one that is away may hold up all that come after it.
   */
  async #begin(): Promise<void> {
    for (const server of rotated(this.#address.servers())) {
      const client = this.#connectTo(server);
      if (await this.#subscribe(client)) {
        this.#listen(client);
        return;
      }
      client.disconnect();
      if (this.#over) return;
    }
    this.close();
  }

  #connectTo(server: Redis): Redis {
    const client = server.duplicate({
      lazyConnect: true,
      retryStrategy: () => null,
      autoResubscribe: false,
      maxRetriesPerRequest: null,
      monitor: false,
    });
    client.on('error', () => undefined);
    client.on('connect', () => {
      letProcessEnd(client);
    });
    client.on('message', (_channel: string, text: string) => {
      this.#hear(text);
    });
    client.on('smessage', (_channel: string, text: string) => {
      this.#hear(text);
    });
    this.#client = client;
    return client;
  }

  /** `false` where the server is away, or another one has the channel. */
  async #subscribe(client: Redis): Promise<boolean> {
    const { channel, sharded } = this.#address;
    try {
      await client.connect();
      if (this.#over) return false;
      await (sharded ? subscribeSharded(client, channel) : client.subscribe(channel));
      return true;
    } catch (error) {
      if (isRefusal(error)) this.#listener.refused(error);
      return false;
    }
  }

  #listen(client: Redis): void {
    const lose = () => {
      this.close();
    };
    client.once('close', lose).once('moved', lose);
    if (client.status === 'ready' && !this.#over) this.#listener.subscribed();
    else lose();
  }

  #hear(text: string): void {
    if (!this.#over) this.#listener.message(text);
  }
}

/** A server before Redis 7 knows no sharded channels, and gets the message of any other server over a plain one. */
async function subscribeSharded(client: Redis, channel: string): Promise<void> {
  try {
    await client.ssubscribe(channel);
  } catch (error) {
    if (!(error instanceof Error && /unknown command/i.test(error.message))) throw error;
    await client.subscribe(channel);
  }
}

/** Not that another server has the channel. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError' && !error.message.startsWith('MOVED');
}

function rotated<T>(items: readonly T[]): T[] {
  const first = Math.floor(Math.random() * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

/** A cache keeps no process alive: what is to be waited for, `close` waits for. */
function letProcessEnd(client: Redis): void {
  (client as { readonly stream?: { unref?: () => void } }).stream?.unref?.();
}
