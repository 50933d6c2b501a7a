import { lifeOf } from '../../entry/entry.js';
import { CacheError } from '../../errors.js';
import { readEntryHeader, type EntryHeader } from '../../stores/redis/entry-codec.js';
import type { TagVersions } from '../../stores/redis/entry-notes.js';
import { freshnessOf } from '../../stores/redis/redis-entry.js';
import { RedisKeys } from '../../stores/redis/redis-key.js';
import type { Master } from './scan.js';

/** What is known of an entry without its value. Times in milliseconds. */
export interface SurveyedEntry {
  /** Of its key. */
  readonly text: string;
  /** What is stored, header included. */
  readonly bytes: number;
  /** Until Redis drops it; `Infinity` where someone has taken its end away. */
  readonly left: number;
  readonly state: 'fresh' | 'stale' | 'last-resort' | 'unreadable';
  /** Absent where it cannot be read, or will not end. */
  readonly age?: number;
  readonly tags?: TagVersions;
  readonly serializer?: string;
  readonly compressed: boolean;
}

/** Nearly all headers end within this. */
const HEADER_BYTES = 512;

/** Those of entries with many tags; none is longer. */
const LONG_HEADER_BYTES = 262_144;

const ENDLESS = -1;
const ABSENT = -2;

/** The entries of `keys` that are still there. Values stay where they are: of each entry the beginning is asked for. */
export async function readEntries(master: Master, prefix: string, keys: readonly string[]): Promise<SurveyedEntry[]> {
  if (keys.length === 0) return [];
  const names = new RedisKeys(prefix);
  const commands = keys.flatMap((key) => [
    ['strlen', names.entry(key)],
    ['getrange', names.entry(key), 0, HEADER_BYTES - 1],
    ['pttl', names.entry(key)],
    ['pttl', names.marker(key)],
  ]);
  const replies = (await master.pipeline(commands).exec()) ?? [];
  const entries = keys.map(async (text, at) => {
    const [bytes, start, life, markerLife] = replies.slice(at * 4, at * 4 + 4).map(valueOf);
    if (bytes === ELSEWHERE || Number(bytes) === 0 || Number(life) === ABSENT) return undefined;
    const left = Number(life) === ENDLESS ? Infinity : Number(life);
    return toEntry({ text, bytes: Number(bytes), left, hasMarker: Number(markerLife) !== ABSENT }, String(start), () =>
      master.getrange(names.entry(text), 0, LONG_HEADER_BYTES - 1),
    );
  });
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

const ELSEWHERE: unique symbol = Symbol('of another server, or another type');

/** What a slot that moves meanwhile, or a key of another type, answers, is left out. */
function valueOf([error, value]: readonly [Error | null, unknown]): unknown {
  if (error === null) return value;
  if (/^(MOVED|ASK|TRYAGAIN|WRONGTYPE)\b/.test(error.message)) return ELSEWHERE;
  throw error;
}

interface Found {
  readonly text: string;
  readonly bytes: number;
  readonly left: number;
  readonly hasMarker: boolean;
}

async function toEntry(found: Found, start: string, readOn: () => Promise<string>): Promise<SurveyedEntry> {
  const { text, bytes, left, hasMarker } = found;
  const header = headerOf(start) ?? headerOf(await readOn());
  if (header === undefined || header === 'unreadable')
    return { text, bytes, left, state: 'unreadable', compressed: false };
  const { ttl, staleWhileRevalidate, staleIfError = 0, tags, serializer, inflatedBytes } = header;
  const freshness = freshnessOf(header, { marker: hasMarker ? '' : null, entryLife: left });
  return {
    text,
    bytes,
    left,
    state: freshness === 'last resort' ? 'last-resort' : freshness === 'stale' ? 'stale' : 'fresh',
    ...(left === Infinity ? {} : { age: Math.max(0, lifeOf({ ttl, staleWhileRevalidate, staleIfError }) - left) }),
    ...(tags === undefined ? {} : { tags }),
    serializer,
    compressed: inflatedBytes !== undefined,
  };
}

/** `undefined`: more of it is needed. */
function headerOf(start: string): EntryHeader | 'unreadable' | undefined {
  try {
    const header = readEntryHeader(start);
    return header === 'cut off' ? undefined : header;
  } catch (error) {
    if (CacheError.is(error)) return 'unreadable';
    throw error;
  }
}
