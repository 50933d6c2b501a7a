import type { Entry } from '../../entry/entry.js';
import type { LivingEntry, StaleWindow } from '../store.js';
import { BatchedReads, type WantedRead } from './batched-reads.js';
import type { EntryCodec, Payload } from './entry-codec.js';
import type { RedisClient } from './redis-client.js';
import type { RedisKeys } from './redis-key.js';
import { READ_LIVING } from './scripts.js';
import type { ServerGuards } from './server-guards.js';

/** The payload of an entry, and the marker that is there while it is fresh; `undefined` where it was not asked for. */
export interface Reply {
  readonly payload: Payload | null;
  readonly marker: Payload | null | undefined;
}

/** What `PTTL` says of a key that is not there, and of one that never expires. */
const ABSENT = -2;
const ENDLESS = -1;

/** The payload, and what is left of the life of entry and marker, in milliseconds, as `PTTL` says it. */
interface LivingReply {
  readonly payload: Payload | null;
  readonly entryLife: number;
  readonly markerLife: number;
}

export interface EntryReaderOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly codec: EntryCodec;
  readonly guards: ServerGuards;
  readonly unreadable: (key: string, error: unknown) => void;
}

/** Redis answers nobody else while it gathers the values of one command. */
const READS_PER_COMMAND = 100;

type Answer<R> = (replies: readonly R[]) => void;
type Fail = (error: unknown) => void;

/** Reads entries, and what is left of their lives. */
export class EntryReader {
  readonly #options: EntryReaderOptions;
  readonly #reads: BatchedReads<Reply>;
  readonly #livingReads: BatchedReads<LivingReply>;

  constructor(options: EntryReaderOptions) {
    this.#options = options;
    const largest = options.client.isCluster ? 1 : READS_PER_COMMAND;
    this.#reads = new BatchedReads({ ask: this.#ask.bind(this), largest });
    this.#livingReads = new BatchedReads({ ask: this.#askLiving.bind(this), largest });
  }

  /** An entry without a stale window needs no marker: where such a one is expected, the entry alone is asked for. */
  read(key: string, expected: StaleWindow): Promise<Entry | undefined> {
    return new Promise((resolve, fail) => {
      const answer = (reply: Reply) => {
        const entry = this.toEntry(key, reply);
        resolve(entry === 'unclear' ? this.read(key, 'with stale window') : entry);
      };
      this.#reads.read(key, expected === 'with stale window', { answer, fail });
    });
  }

  readLiving(key: string): Promise<LivingEntry | undefined> {
    return new Promise((resolve, fail) => {
      const answer = (reply: LivingReply) => {
        resolve(this.#toLiving(key, reply));
      };
      this.#livingReads.read(key, true, { answer, fail });
    });
  }

  /** `unclear`: an entry with a stale window, whose marker was not asked for. */
  toEntry(key: string, { payload, marker }: Reply): RedisEntry | undefined | 'unclear' {
    if (payload === null) return undefined;
    const { codec, unreadable } = this.#options;
    try {
      const { staleWhileRevalidate, body } = codec.decode(payload);
      const hasStaleWindow = staleWhileRevalidate > 0;
      if (hasStaleWindow && marker === undefined) return 'unclear';
      return new RedisEntry(codec, body, hasStaleWindow, !hasStaleWindow || marker !== null);
    } catch (error) {
      unreadable(key, error);
      return undefined;
    }
  }

  #toLiving(key: string, { payload, entryLife, markerLife }: LivingReply): LivingEntry | undefined {
    const entry = this.toEntry(key, { payload, marker: markerLife === ABSENT ? null : '' });
    if (entry === undefined || entry === 'unclear') return undefined;
    const life = lifeOf(entryLife);
    const ttl = entry.hasStaleWindow ? Math.min(lifeOf(markerLife), life) : life;
    return { entry, remaining: { ttl, staleWhileRevalidate: life - ttl } };
  }

  #ask(reads: readonly WantedRead[], answer: Answer<Reply>, fail: Fail): void {
    const { client, codec } = this.#options;
    const names = this.#namesOf(reads);
    const only = names.length === 1 ? names[0] : undefined;
    if (only !== undefined) {
      this.#askForOne(only, answer, fail);
      return;
    }
    const send = (): Promise<(Payload | null)[]> =>
      codec.readsText ? client.mget(...names) : client.mgetBuffer(...names);
    this.#settle(names, send, (values) => repliesOf(reads, values), answer, fail);
  }

  /** As `MGET` answers, but quicker: a key of another type is none, and the next fill replaces it. */
  #askForOne(name: string, answer: Answer<Reply>, fail: Fail): void {
    const { client, codec, guards } = this.#options;
    const send = (): Promise<Payload | null> => (codec.readsText ? client.get(name) : client.getBuffer(name));
    const onPayload = (payload: Payload | null) => {
      answer([{ payload, marker: undefined }]);
    };
    const onFailure = (error: unknown) => {
      if (isOfWrongType(error)) onPayload(null);
      else fail(error);
    };
    guards.of(name).deadline.settle('read', send, onPayload, onFailure);
  }

  #askLiving(reads: readonly WantedRead[], answer: Answer<LivingReply>, fail: Fail): void {
    const { client, codec } = this.#options;
    const form = codec.readsText ? 'text' : 'bytes';
    const names = this.#namesOf(reads);
    const send = () => READ_LIVING.run(client, names, [], form);
    this.#settle(names, send, (found) => livingRepliesOf(found as readonly (Payload | null)[]), answer, fail);
  }

  /** What a client answers may be of any shape: then the read has failed. */
  #settle<T, R>(
    names: readonly string[],
    send: () => Promise<T>,
    convert: (answer: T) => R[],
    answer: Answer<R>,
    fail: Fail,
  ): void {
    const onAnswer = (answered: T) => {
      let replies: R[];
      try {
        replies = convert(answered);
      } catch (error) {
        fail(error);
        return;
      }
      answer(replies);
    };
    this.#options.guards.of(names[0] ?? '').deadline.settle('read', send, onAnswer, fail);
  }

  #namesOf(reads: readonly WantedRead[]): string[] {
    const { keys } = this.#options;
    const names: string[] = [];
    for (const { key, withMarker } of reads) {
      names.push(keys.entry(key));
      if (withMarker) names.push(keys.marker(key));
    }
    return names;
  }
}

function repliesOf(reads: readonly WantedRead[], values: readonly (Payload | null)[]): Reply[] {
  let next = 0;
  return reads.map(({ withMarker }) => {
    const payload = values[next++] ?? null;
    return { payload, marker: withMarker ? (values[next++] ?? null) : undefined };
  });
}

/** Three values each; a client with `stringNumbers` gives numbers as texts. */
function livingRepliesOf(found: readonly (Payload | number | null)[]): LivingReply[] {
  const replies: LivingReply[] = [];
  for (let from = 0; from < found.length; from += 3) {
    const [payload, entryLife, markerLife] = found.slice(from, from + 3);
    replies.push({ payload: payload as Payload | null, entryLife: Number(entryLife), markerLife: Number(markerLife) });
  }
  return replies;
}

function lifeOf(life: number): number {
  return life === ENDLESS ? Infinity : Math.max(life, 0);
}

function isOfWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}

/** An entry as it was when Redis answered. */
class RedisEntry implements Entry {
  readonly value: unknown;
  readonly staleAt: number;
  readonly expiresAt = Infinity;
  readonly hasStaleWindow: boolean;
  readonly #codec: EntryCodec;
  readonly #body: Payload;

  /** @throws CacheError `ERR_CACHE_ENTRY_UNREADABLE` */
  constructor(codec: EntryCodec, body: Payload, hasStaleWindow: boolean, fresh: boolean) {
    this.value = codec.deserialize(body);
    this.staleAt = fresh ? Infinity : -Infinity;
    this.hasStaleWindow = hasStaleWindow;
    this.#codec = codec;
    this.#body = body;
  }

  copy(): unknown {
    return this.#codec.deserialize(this.#body);
  }
}
