import type { Redis } from 'ioredis';

import type { BusConnection } from './bus-session.js';

/** What the bus is told of its connection. After `lost` nothing more is. */
export interface ConnectionListener {
  subscribed(): void;
  message(text: string): void;
  lost(): void;
}

/**
 * One connection that listens to a channel, from its beginning to its loss. It never connects again by itself: ioredis
 * would subscribe again in silence, and messages from in between would be missing.
 */
export class RedisBusConnection implements BusConnection {
  readonly #client: Redis;
  readonly #listener: ConnectionListener;
  #over = false;

  constructor(model: Redis, channel: string, listener: ConnectionListener) {
    this.#listener = listener;
    this.#client = model.duplicate({
      lazyConnect: true,
      retryStrategy: () => null,
      autoResubscribe: false,
      maxRetriesPerRequest: null,
      monitor: false,
    });
    this.#client.on('error', () => undefined);
    this.#client.on('close', () => {
      this.close();
    });
    this.#client.on('connect', () => {
      letProcessEnd(this.#client);
    });
    this.#client.on('message', (_channel: string, text: string) => {
      if (!this.#over) listener.message(text);
    });
    void this.#subscribe(channel);
  }

  /** Answered after every message that the server sent before it. Rejects, or never settles, where the connection is dead. */
  async ping(): Promise<void> {
    await this.#client.ping();
  }

  /** Tells `lost`, once. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#client.disconnect();
    this.#listener.lost();
  }

  async #subscribe(channel: string): Promise<void> {
    try {
      await this.#client.connect();
      await this.#client.subscribe(channel);
      if (!this.#over) this.#listener.subscribed();
    } catch {
      this.close();
    }
  }
}

/** A cache keeps no process alive: what is to be waited for, `close` waits for. */
function letProcessEnd(client: Redis): void {
  (client as { readonly stream?: { unref?: () => void } }).stream?.unref?.();
}
