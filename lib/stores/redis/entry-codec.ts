import type { Lifetime } from '../../entry/entry.js';
import { CacheError, describeThrown } from '../../errors.js';
import type { Serializer } from '../../serializers/serializer.js';

/** The number of the format below. A reader takes an entry of any other number as a miss. */
const FORMAT = 'fk1';

/** Format, stale window, serializer, length. */
const HEADER = /^(\w{1,8}) (\d{1,15}) ([\w.-]{1,16}) (\d{1,15})$/;

/** No header is longer; past this, a payload is foreign. */
const MAX_HEADER_BYTES = 80;

/** Bytes, or text where that is what the serializer prefers to read. */
export type Payload = Buffer | string;

/** What a payload holds. */
export interface DecodedPayload {
  readonly staleWhileRevalidate: number;
  readonly body: Payload;
}

/**
 * Entry ⇄ bytes. A payload is one line of ASCII, then the body: `fk1 <stale window in ms> <serializer> <bytes of body>`.
 * The length tells a truncated body from a whole one. How long the entry lives and is fresh is not in it: Redis' own clock knows.
 */
export class EntryCodec {
  readonly #serializer: Serializer;
  /** Are payloads better given as text? Not where a subclass has overridden what `deserializeText` has to agree with. */
  readonly readsText: boolean;

  constructor(serializer: Serializer) {
    this.#serializer = serializer;
    const owner = ownerOf(serializer, 'deserializeText');
    this.readsText = owner !== undefined && owner === ownerOf(serializer, 'deserialize');
  }

  encode(body: Buffer, { staleWhileRevalidate }: Lifetime): Buffer {
    const header = `${FORMAT} ${staleWhileRevalidate} ${this.#serializer.id} ${body.length}\n`;
    return Buffer.concat([Buffer.from(header, 'latin1'), body]);
  }

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  decode(payload: Payload): DecodedPayload {
    const end = payload.indexOf('\n');
    const header = end >= 0 && end <= MAX_HEADER_BYTES ? HEADER.exec(headOf(payload, end)) : null;
    if (header?.[1] !== FORMAT || header[3] !== this.#serializer.id) {
      throw unreadable(`an entry of format ${FORMAT} by serializer ${this.#serializer.id}`);
    }
    const body = typeof payload === 'string' ? payload.slice(end + 1) : payload.subarray(end + 1);
    if (Number(header[4]) !== Buffer.byteLength(body)) throw unreadable('a whole entry');
    return { staleWhileRevalidate: Number(header[2]), body };
  }

  /** @throws CacheError `ERR_CACHE_VALUE_UNSUPPORTED` */
  serialize(value: unknown): Buffer {
    return this.#serializer.serialize(value);
  }

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  deserialize(body: Payload): unknown {
    try {
      return typeof body === 'string' ? this.#deserializeText(body) : this.#serializer.deserialize(body);
    } catch (cause) {
      throw new CacheError(
        'ERR_CACHE_ENTRY_UNREADABLE',
        `Expected a body that ${this.#serializer.id} can read: ${describeThrown(cause)}`,
        {
          cause,
        },
      );
    }
  }

  #deserializeText(body: string): unknown {
    return this.#serializer.deserializeText === undefined
      ? this.#serializer.deserialize(Buffer.from(body))
      : this.#serializer.deserializeText(body);
  }
}

/** Who in the chain of prototypes has the method. */
function ownerOf(object: object, method: string): object | undefined {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    if (Object.hasOwn(owner, method)) return Reflect.get(owner, method) === undefined ? undefined : owner;
  }
  return undefined;
}

function headOf(payload: Payload, end: number): string {
  return typeof payload === 'string' ? payload.slice(0, end) : payload.toString('latin1', 0, end);
}

function unreadable(expectation: string): CacheError {
  return new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected ${expectation}`);
}
