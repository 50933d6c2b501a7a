import type { Lifetime } from '../../entry/entry.js';
import { CacheError, describeThrown } from '../../errors.js';
import type { Serializer } from '../../serializers/serializer.js';

/** Begins a payload, with the number of the format. A reader takes an entry of any other number as a miss. */
const FORMAT = 'fk1 ';

/** No header without notes is longer. */
const MAX_PLAIN_HEADER_BYTES = 80;

/** The tags of an entry, each with the version that it had before the entry was loaded. */
export type TagVersions = ReadonlyMap<string, string>;

/** Bytes, or text where that is what the serializer prefers to read. */
export type Payload = Buffer | string;

/** What a payload holds. */
export interface DecodedPayload {
  readonly staleWhileRevalidate: number;
  /** Absent where it is no longer than that. */
  readonly staleIfError: number | undefined;
  /** How long its load took, and its ttl, in milliseconds; absent where it is not to be refreshed early. */
  readonly early: readonly [loadTook: number, ttl: number] | undefined;
  /** Absent where there are none. */
  readonly tags: TagVersions | undefined;
  readonly body: Payload;
}

/** What the line before the body says, and where it ends. */
interface Header {
  readonly staleWhileRevalidate: number;
  readonly bodyBytes: number;
  /** Where the line, or what is always in it, ends. */
  readonly end: number;
}

const NO_NOTES: Notes = {};

/** What only some entries have: JSON at the end of the line. */
interface Notes {
  readonly tags?: readonly (readonly [string, string])[];
  readonly staleIfError?: number;
  readonly early?: readonly [loadTook: number, ttl: number];
}

/**
 * Entry ⇄ bytes. A payload is one line of ASCII, then the body: `fk1 <stale window in ms> <serializer> <bytes of body>`, for
 * an entry with tags, a longer window for errors, or terms to be refreshed early, followed by
 * ` {"tags":[[<tag>,<version>],…],"staleIfError":<ms>,"early":[<load in ms>,<ttl in ms>]}`. The length tells a truncated body from a whole one. How long the entry lives and is fresh is not in it: Redis' own clock knows.
 */
export class EntryCodec {
  readonly #serializer: Serializer;
  /** The serializer, as it stands in a header. */
  readonly #named: string;
  /** Are payloads better given as text? Not where a subclass has overridden what `deserializeText` has to agree with. */
  readonly readsText: boolean;

  constructor(serializer: Serializer) {
    this.#serializer = serializer;
    this.#named = ` ${serializer.id} `;
    const owner = ownerOf(serializer, 'deserializeText');
    this.readsText = owner !== undefined && owner === ownerOf(serializer, 'deserialize');
  }

  encode(body: Buffer, { staleWhileRevalidate, staleIfError, early }: Lifetime, tags?: TagVersions): Buffer {
    const notes = encodeNotes({
      ...(tags === undefined || tags.size === 0 ? {} : { tags: [...tags] }),
      ...(staleIfError === undefined ? {} : { staleIfError }),
      ...(early === undefined ? {} : { early: [early.loadTook, early.ttl] as const }),
    });
    const header = `${FORMAT}${staleWhileRevalidate}${this.#named}${body.length}${notes}\n`;
    return Buffer.concat([Buffer.from(header, 'latin1'), body]);
  }

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  decode(payload: Payload): DecodedPayload {
    const text = typeof payload === 'string' ? payload : payload.toString('latin1', 0, MAX_PLAIN_HEADER_BYTES);
    const header = readHeader(text, this.#named);
    if (header === undefined) throw unreadable(`an entry of format ${FORMAT}by serializer ${this.#serializer.id}`);
    const { staleWhileRevalidate, bodyBytes, end } = header;
    const lineEnd = text[end] === '\n' ? end : payload.indexOf('\n', end);
    const notes = lineEnd === end ? undefined : readNotes(payload.slice(end, lineEnd).toString());
    const body = typeof payload === 'string' ? payload.slice(lineEnd + 1) : payload.subarray(lineEnd + 1);
    if (!hasAllBytes(body, bodyBytes)) throw unreadable('a whole entry');
    const { staleIfError, early, tags } = notes ?? NO_NOTES;
    return { staleWhileRevalidate, staleIfError, early, tags: tags && new Map(tags), body };
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

/** Read digit by digit: with a regular expression, a hit from Redis takes 1 % longer. `named`: the serializer, between spaces. */
function readHeader(text: string, named: string): Header | undefined {
  const windowEnd = endOfDigits(text, FORMAT.length);
  const lengthFrom = windowEnd + named.length;
  const end = endOfDigits(text, lengthFrom);
  const wellFormed =
    text.startsWith(FORMAT) &&
    windowEnd > FORMAT.length &&
    text.startsWith(named, windowEnd) &&
    (text[end] === '\n' || text[end] === ' ');
  const staleWhileRevalidate = Number(text.slice(FORMAT.length, windowEnd));
  if (!wellFormed || !Number.isSafeInteger(staleWhileRevalidate)) return undefined;
  return { staleWhileRevalidate, bodyBytes: Number(text.slice(lengthFrom, end)), end };
}

function encodeNotes(notes: Notes): string {
  return Object.keys(notes).length === 0 ? '' : ` ${toAscii(JSON.stringify(notes))}`;
}

/** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
function readNotes(text: string): Notes {
  const notes = parseNotes(text);
  const { tags, staleIfError, early } = notes;
  const areTags = tags === undefined || (Array.isArray(tags) && tags.length > 0 && tags.every(isTagVersion));
  const isWindow = staleIfError === undefined || (Number.isSafeInteger(staleIfError) && staleIfError > 0);
  const areTerms = early === undefined || (Array.isArray(early) && String(early.map(typeOf)) === 'number,number');
  if (areTags && isWindow && areTerms && Object.keys(notes).length > 0) return notes;
  throw unreadable('a header that ends in notes');
}

/** What is no object, or knows more than this, is of another format. */
function parseNotes(text: string): Notes {
  try {
    const notes: unknown = JSON.parse(text);
    if (typeof notes === 'object' && notes !== null && Object.keys(notes).every(isNote)) return notes;
  } catch {
    // No JSON.
  }
  throw unreadable('a header that ends in notes');
}

function typeOf(value: unknown): string {
  return typeof value;
}

function isNote(name: string): boolean {
  return name === 'tags' || name === 'staleIfError' || name === 'early';
}

function isTagVersion(pair: unknown): pair is readonly [string, string] {
  return Array.isArray(pair) && pair.length === 2 && pair.every((item) => typeof item === 'string');
}

/** So many characters, so many bytes. */
function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
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

function unreadable(expectation: string): CacheError {
  return new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected ${expectation}`);
}
