import type { Lifetime } from '../../entry/entry.js';
import { areOfOneOwner, ownerOf } from '../../agreeing-methods.js';
import { CacheError, describeThrown } from '../../errors.js';
import type { Serializer } from '../../serializers/serializer.js';
import { inflate, type StoredBody } from './compression.js';
import { formatNotes, NotesParser, type EntryNotes, type TagVersions } from './entry-notes.js';

/** Begins a payload, with the number of the format. A reader takes an entry of any other number as a miss. */
const FORMAT = 'fk1 ';

/** No header without notes is longer. */
const MAX_PLAIN_HEADER_BYTES = 80;

/** Bytes, or text where that is what the serializer prefers to read. */
export type Payload = Buffer | string;

/** What a payload holds. */
export interface DecodedPayload extends EntryNotes {
  /** That which it had when it was stored: Redis' own clock tells what is left of it, and so how old it is. */
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
  /** As it is stored. */
  readonly body: Payload;
}

/** What the line before a body says, whatever serializer has written that. */
export interface EntryHeader extends EntryNotes {
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
  readonly serializer: string;
}

/** What is always in the line before the body, and where it ends. */
interface Header {
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
  readonly bodyBytes: number;
  /** Where the line, or what is always in it, ends. */
  readonly end: number;
}

/**
 * Entry ⇄ bytes. A payload is one line of ASCII, then the body: `fk1 <ttl>+<stale window> <serializer> <bytes of body>`, and
 * for an entry that has more to tell (`entry-notes.ts`) a space and JSON: its tags, a longer window for errors, terms to be
 * refreshed early; all that within `{"deflated":{"bytes":<before>,…}}` where the body is compressed. The length tells a truncated
 * body from a whole one. Times are in milliseconds. What is left of them is not in it: Redis' own clock knows.
 */
export class EntryCodec {
  readonly #serializer: Serializer;
  /** The serializer, as it stands in a header. */
  readonly #named: string;
  readonly #notes = new NotesParser();
  /** Are payloads better given as text? Not where a subclass has overridden what `deserializeText` has to agree with. */
  readonly readsText: boolean;
  /** The same of what `duplicate` has to agree with. */
  readonly #duplicates: boolean;

  constructor(serializer: Serializer) {
    this.#serializer = serializer;
    this.#named = ` ${serializer.id} `;
    this.readsText = areOfOneOwner(serializer, 'deserializeText', 'deserialize');
    const isBytesOnly = ownerOf(serializer, 'deserializeText') === undefined;
    this.#duplicates = areOfOneOwner(serializer, 'duplicate', 'deserialize') && (isBytesOnly || this.readsText);
  }

  encode(stored: StoredBody, lifetime: Lifetime, tags?: TagVersions): Buffer {
    const { ttl, staleWhileRevalidate, staleIfError, early } = lifetime;
    const isPlain = Buffer.isBuffer(stored);
    const body = isPlain ? stored : Buffer.from(stored.base64, 'latin1');
    const notes = formatNotes({
      tags,
      staleIfError,
      early: early && [early.loadTook, early.ttl],
      inflatedBytes: isPlain ? undefined : stored.inflatedBytes,
    });
    const header = `${FORMAT}${ttl}+${staleWhileRevalidate}${this.#named}${body.length}${notes}\n`;
    return Buffer.concat([Buffer.from(header, 'latin1'), body]);
  }

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  decode(payload: Payload): DecodedPayload {
    const text = typeof payload === 'string' ? payload : payload.toString('latin1', 0, MAX_PLAIN_HEADER_BYTES);
    const header = readHeader(text, this.#named);
    if (header === undefined) throw unreadable(`an entry of format ${FORMAT}by serializer ${this.#serializer.id}`);
    const { ttl, staleWhileRevalidate, bodyBytes, end } = header;
    const lineEnd = text[end] === '\n' ? end : payload.indexOf('\n', end);
    const body = typeof payload === 'string' ? payload.slice(lineEnd + 1) : payload.subarray(lineEnd + 1);
    if (!hasAllBytes(body, bodyBytes)) throw unreadable('a whole entry');
    if (lineEnd === end) return { ttl, staleWhileRevalidate, body };
    const { tags, staleIfError, early, inflatedBytes } = this.#notes.parse(payload.slice(end, lineEnd).toString());
    return { ttl, staleWhileRevalidate, body, tags, staleIfError, early, inflatedBytes };
  }

  /**
   * The body as the serializer wrote it.
   * @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE`
   */
  bodyOf({ body, inflatedBytes }: DecodedPayload): Payload {
    if (inflatedBytes === undefined) return body;
    try {
      return inflate(body, inflatedBytes);
    } catch (cause) {
      throw unreadable(`a compressed body of ${inflatedBytes} bytes: ${describeThrown(cause)}`, cause);
    }
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
      const expectation = `a body that ${this.#serializer.id} can read`;
      // `JSON.parse` quotes what it cannot read, and no error tells of a value.
      if (cause instanceof SyntaxError) throw unreadable(`${expectation}: it is malformed`);
      throw unreadable(`${expectation}: ${describeThrown(cause)}`, cause);
    }
  }

  /** Is a further value of `body` quicker to copy than to deserialize? */
  mayDuplicate(body: Payload): boolean {
    return this.#duplicates && this.#serializer.mayDuplicate?.(body) === true;
  }

  /**
   * A further value of `body`, of which `value` is one that nobody has touched.
   * @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE`
   */
  duplicate(value: unknown, body: Payload): unknown {
    try {
      return this.#serializer.duplicate?.(value);
    } catch {
      // Nested too deeply, perhaps, to be copied.
      return this.deserialize(body);
    }
  }

  #deserializeText(body: string): unknown {
    return this.#serializer.deserializeText === undefined
      ? this.#serializer.deserialize(Buffer.from(body))
      : this.#serializer.deserializeText(body);
  }
}

/**
 * The header of a payload of which only the beginning is known; `cut off` where more of it is needed.
 * @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE`
 */
export function readEntryHeader(start: string): EntryHeader | 'cut off' {
  const serializer = /^fk1 \d+\+\d+ ([\w.-]{1,16}) /.exec(start)?.[1] ?? '';
  const header = readHeader(start, ` ${serializer} `);
  if (header === undefined) throw unreadable(`an entry of format ${FORMAT.trim()}`);
  const { ttl, staleWhileRevalidate, end } = header;
  const lineEnd = start.indexOf('\n', end);
  if (lineEnd < 0) return 'cut off';
  const notes = lineEnd === end ? {} : new NotesParser().parse(start.slice(end, lineEnd));
  return { ...notes, ttl, staleWhileRevalidate, serializer };
}

/** Read digit by digit: with a regular expression, a hit from Redis takes 1 % longer. `named`: the serializer, between spaces. */
function readHeader(text: string, named: string): Header | undefined {
  const ttlEnd = endOfDigits(text, FORMAT.length);
  const windowEnd = endOfDigits(text, ttlEnd + 1);
  const lengthFrom = windowEnd + named.length;
  const end = endOfDigits(text, lengthFrom);
  const wellFormed =
    text.startsWith(FORMAT) &&
    ttlEnd > FORMAT.length &&
    text[ttlEnd] === '+' &&
    windowEnd > ttlEnd + 1 &&
    text.startsWith(named, windowEnd) &&
    (text[end] === '\n' || text[end] === ' ');
  const ttl = Number(text.slice(FORMAT.length, ttlEnd));
  const staleWhileRevalidate = Number(text.slice(ttlEnd + 1, windowEnd));
  if (!wellFormed || !Number.isSafeInteger(ttl + staleWhileRevalidate)) return undefined;
  return { ttl, staleWhileRevalidate, bodyBytes: Number(text.slice(lengthFrom, end)), end };
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Text has at least a byte per character. So where as many characters are there, no byte is missing, and none need be counted. */
function hasAllBytes(body: Payload, bytes: number): boolean {
  return body.length === bytes || Buffer.byteLength(body) === bytes;
}

function unreadable(expectation: string, cause?: unknown): CacheError {
  return new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected ${expectation}`, cause === undefined ? {} : { cause });
}
