import { CacheError } from '../../errors.js';
import { MAX_INFLATED_BYTES } from './compression.js';

/** The tags of an entry, each with the version that it had before the entry was loaded. */
export type TagVersions = ReadonlyMap<string, string>;

/** What only some entries have. */
export interface EntryNotes {
  /** Absent where there are none. */
  readonly tags?: TagVersions | undefined;
  /** Absent where it is no longer than `staleWhileRevalidate`. */
  readonly staleIfError?: number | undefined;
  /** How long its load took, and its ttl, in milliseconds; absent where it is not to be refreshed early. */
  readonly early?: readonly [loadTook: number, ttl: number] | undefined;
  /** Of a compressed body: how many bytes it had before. */
  readonly inflatedBytes?: number | undefined;
}

const NUMBERS = ['number', 'number'];

/** The notes at the end of a header: `''`, or a space and JSON of ASCII. */
export function formatNotes({ tags, staleIfError, early, inflatedBytes }: EntryNotes): string {
  const hasTags = tags !== undefined && tags.size > 0;
  if (!hasTags && staleIfError === undefined && early === undefined && inflatedBytes === undefined) return '';
  const notes = { ...(hasTags ? { tags: [...tags] } : {}), staleIfError, early };
  const json = JSON.stringify(inflatedBytes === undefined ? notes : { deflated: { bytes: inflatedBytes, ...notes } });
  return ` ${toAscii(json)}`;
}

/** How many different notes are remembered. */
const REMEMBERED = 1_000;

/** Entries with the same tags have the same notes, as long as nobody invalidates one: to parse them once is enough. */
export class NotesParser {
  readonly #known = new Map<string, EntryNotes>();

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  parse(text: string): EntryNotes {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const notes = parseNotes(text);
    if (notes.early === undefined && notes.inflatedBytes === undefined) this.#remember(text, notes);
    return notes;
  }

  /** A copy of the text: as a part of the payload it would keep all of that in memory. */
  #remember(text: string, notes: EntryNotes): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(Buffer.from(text).toString(), notes);
  }
}

/** Whoever does not know a note does not know the entry. */
function parseNotes(text: string): EntryNotes {
  const notes = parseObject(text);
  const names = Object.keys(notes);
  if (names.length === 0) throw unreadable('a header without notes to end without a space');
  if (!names.includes('deflated')) return readNotes(notes, names);
  const { bytes, ...inner } = toObject(notes['deflated']);
  if (names.length > 1 || !isSize(bytes)) throw unreadable(`a compressed body of 1 to ${MAX_INFLATED_BYTES} bytes`);
  return { ...readNotes(inner, Object.keys(inner)), inflatedBytes: bytes };
}

function readNotes({ tags, staleIfError, early }: Record<string, unknown>, names: readonly string[]): EntryNotes {
  const areKnown = names.every((name) => name === 'tags' || name === 'staleIfError' || name === 'early');
  const areTags = tags === undefined || (isList(tags) && tags.length > 0 && tags.every(isTagVersion));
  const isWindow = staleIfError === undefined || (Number.isSafeInteger(staleIfError) && (staleIfError as number) > 0);
  const areTerms = early === undefined || (isList(early) && String(early.map(typeOf)) === String(NUMBERS));
  if (!areKnown || !areTags || !isWindow || !areTerms) throw unreadable('a header that ends in notes which are known');
  return {
    tags: tags && new Map(tags),
    staleIfError: staleIfError as number | undefined,
    early: early as EntryNotes['early'],
  };
}

function parseObject(json: string): Record<string, unknown> {
  try {
    return toObject(JSON.parse(json));
  } catch {
    throw unreadable('a header that ends in notes');
  }
}

function toObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !isList(value)) return value as Record<string, unknown>;
  throw unreadable('a header that ends in notes');
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_INFLATED_BYTES;
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function typeOf(value: unknown): string {
  return typeof value;
}

function isTagVersion(pair: unknown): pair is readonly [string, string] {
  return isList(pair) && pair.length === 2 && pair.every((item) => typeof item === 'string');
}

/** So many characters, so many bytes. */
function toAscii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function unreadable(expectation: string): CacheError {
  return new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected ${expectation}`);
}
