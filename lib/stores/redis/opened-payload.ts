import type { DecodedPayload, EntryCodec, Payload } from './entry-codec.js';

/** `again`: it will be asked for once more. `copied`: from an original. */
type Mode = 'once' | 'again' | 'copied';

/** A payload that is decoded once, whoever asks for its value, and how often. */
export class OpenedPayload {
  readonly payload: Payload;
  readonly decoded: DecodedPayload;
  readonly #codec: EntryCodec;
  #body: Payload | undefined;
  #mode: Mode = 'once';
  /** A value that nobody gets, to make copies of. */
  #original: unknown;

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  constructor(codec: EntryCodec, payload: Payload) {
    this.payload = payload;
    this.decoded = codec.decode(payload);
    this.#codec = codec;
  }

  /** Its value will be asked for more than once. */
  expectMore(): void {
    if (this.#mode === 'once') this.#mode = 'again';
  }

  /**
   * A value for one caller, which shares nothing with those of others.
   * @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE`
   */
  value(): unknown {
    const body = (this.#body ??= this.#codec.bodyOf(this.decoded));
    if (this.#mode === 'once' || !this.#codec.mayDuplicate(body)) return this.#codec.deserialize(body);
    if (this.#mode === 'again') {
      this.#original = this.#codec.deserialize(body);
      this.#mode = 'copied';
    }
    return this.#codec.duplicate(this.#original, body);
  }
}
