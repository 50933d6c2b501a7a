import type { Entry } from '../../entry/entry.js';
import type { EntryCodec, Payload } from './entry-codec.js';

export interface RedisEntryOptions {
  readonly hasStaleWindow: boolean;
  readonly fresh: boolean;
  readonly tags: readonly string[] | undefined;
}

/** An entry as it was when Redis answered. */
export class RedisEntry implements Entry {
  readonly value: unknown;
  readonly staleAt: number;
  readonly expiresAt = Infinity;
  readonly hasStaleWindow: boolean;
  readonly tags: readonly string[] | undefined;
  readonly #codec: EntryCodec;
  readonly #body: Payload;

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  constructor(codec: EntryCodec, body: Payload, { hasStaleWindow, fresh, tags }: RedisEntryOptions) {
    this.value = codec.deserialize(body);
    this.staleAt = fresh ? Infinity : -Infinity;
    this.hasStaleWindow = hasStaleWindow;
    this.tags = tags;
    this.#codec = codec;
    this.#body = body;
  }

  copy(): unknown {
    return this.#codec.deserialize(this.#body);
  }
}
