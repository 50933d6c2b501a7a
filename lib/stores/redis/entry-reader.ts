import type { Entry } from '../../entry/entry.js';
import type { Expected, LivingEntry } from '../store.js';
import { BatchedReads, type WantedRead } from './batched-reads.js';
import type { EntryCodec, Payload } from './entry-codec.js';
import type { TagVersions } from './entry-notes.js';
import {
  livingRepliesOf,
  NO_VERSIONS,
  repliesOf,
  versionsAtTheEnd,
  type FoundVersions,
  type LivingReply,
  type Reply,
} from './read-replies.js';
import type { RedisClient } from './redis-client.js';
import { freshnessOf, RedisEntry } from './redis-entry.js';
import type { RedisKeys } from './redis-key.js';
import type { RedisTags } from './redis-tags.js';
import { READ_LIVING } from './scripts.js';
import type { ServerGuards } from './server-guards.js';

export interface EntryReaderOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly codec: EntryCodec;
  readonly guards: ServerGuards;
  readonly tags: RedisTags;
  readonly unreadable: (key: string, error: unknown) => void;
}

/** Redis answers nobody else while it gathers the values of one command. */
const READS_PER_COMMAND = 100;

/** How often an entry is looked at: what another look was for may be of another entry by then. */
const LOOKS = 3;

type Answer<R> = (replies: readonly R[]) => void;
type Fail = (error: unknown) => void;

/** What a reply left open: what to ask for to know it. */
class Unclear {
  readonly tags: readonly string[];
  readonly needsLife: boolean;

  constructor(tags: readonly string[], needsLife: boolean) {
    this.tags = tags;
    this.needsLife = needsLife;
  }
}

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
  read(key: string, expected: Expected): Promise<Entry | undefined> {
    if (expected.early === true) return this.readLiving(key, expected).then((living) => living?.entry);
    const { staleWindow, tags, together } = expected;
    return this.#read({ key, withMarker: staleWindow === 'with stale window', tags, together }, expected, LOOKS);
  }

  readLiving(key: string, expected: Expected): Promise<LivingEntry | undefined> {
    const { tags, together } = expected;
    return this.#readLiving({ key, withMarker: true, tags, together }, expected, LOOKS);
  }

  /** What another command has found. */
  async complete(key: string, reply: Reply, expected: Expected): Promise<Entry | undefined> {
    const found = this.#toEntry(key, reply, expected);
    return found instanceof Unclear ? this.#readAgain(key, expected, found, LOOKS) : found;
  }

  #read(wanted: WantedRead, expected: Expected, looks: number): Promise<Entry | undefined> {
    return new Promise((resolve, fail) => {
      const answer = (reply: Reply) => {
        const found = this.#toEntry(wanted.key, reply, expected);
        resolve(found instanceof Unclear ? this.#readAgain(wanted.key, expected, found, looks - 1) : found);
      };
      this.#reads.read(wanted, { answer, fail });
    });
  }

  async #readAgain(key: string, expected: Expected, unclear: Unclear, looks: number): Promise<Entry | undefined> {
    if (looks === 0) return undefined;
    const wanted = { key, withMarker: true, tags: unclear.tags };
    if (!unclear.needsLife) return this.#read(wanted, expected, looks);
    const living = await this.#readLiving(wanted, expected, looks);
    return living?.entry;
  }

  #readLiving(wanted: WantedRead, expected: Expected, looks: number): Promise<LivingEntry | undefined> {
    return new Promise((resolve, fail) => {
      const answer = (reply: LivingReply) => {
        const entry = this.#toEntry(wanted.key, reply, expected);
        if (!(entry instanceof Unclear)) resolve(entry && { entry, remaining: entry.remaining(reply) });
        else if (looks === 0) resolve(undefined);
        else resolve(this.#readLiving({ ...wanted, tags: entry.tags }, expected, looks - 1));
      };
      this.#livingReads.read(wanted, { answer, fail });
    });
  }

  #toEntry(key: string, reply: Reply, expected: Expected): RedisEntry | undefined | Unclear {
    if (reply.payload === null) return undefined;
    const { codec, unreadable } = this.#options;
    try {
      const decoded = codec.decode(reply.payload);
      const { tags } = decoded;
      const standing =
        tags === undefined && expected.tags.length === 0 ? 'current' : standingOf(tags, reply.versions, expected);
      if (standing === 'over') return undefined;
      const freshness = freshnessOf(decoded, reply);
      if (standing === 'current' && freshness !== 'unclear') return new RedisEntry(codec, decoded, freshness, reply);
      const needsLife = freshness === 'unclear' && reply.marker === null;
      return new Unclear(tags === undefined ? [] : [...tags.keys()], needsLife);
    } catch (error) {
      unreadable(key, error);
      return undefined;
    }
  }

  #ask(reads: readonly WantedRead[], answer: Answer<Reply>, fail: Fail): void {
    const { client, codec } = this.#options;
    const names = this.#namesOf(reads);
    const tags = tagsOf(reads);
    const only = names.length === 1 && tags.length === 0 ? names[0] : undefined;
    if (only !== undefined) {
      this.#askForOne(only, answer, fail);
      return;
    }
    const send = (all: readonly string[]): Promise<Values> =>
      codec.readsText ? client.mget(...all) : client.mgetBuffer(...all);
    this.#settle({ names, tags, send, convert: repliesOf.bind(undefined, reads) }, answer, fail);
  }

  /** As `MGET` answers, but quicker: a key of another type is none, and the next fill replaces it. */
  #askForOne(name: string, answer: Answer<Reply>, fail: Fail): void {
    const { client, codec, guards } = this.#options;
    const send = (): Promise<Payload | null> => (codec.readsText ? client.get(name) : client.getBuffer(name));
    const onPayload = (payload: Payload | null) => {
      answer([{ payload, marker: undefined, versions: NO_VERSIONS }]);
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
    const send = (all: readonly string[]) => READ_LIVING.run(client, all, [names.length], form) as Promise<Values>;
    this.#settle({ names, tags: tagsOf(reads), send, convert: livingRepliesOf.bind(undefined, reads) }, answer, fail);
  }

  /** Entries and versions of tags with one command; in a Cluster, tags are in other slots than the entry. */
  #settle<R>({ names, tags, send, convert }: Query<R>, answer: Answer<R>, fail: Fail): void {
    const { client, keys, guards } = this.#options;
    const { deadline } = guards.of(names[0] ?? '');
    const give = orFail((values: Values, versions: FoundVersions) => convert(values, versions), answer, fail);
    if (tags.length === 0) {
      deadline.settle(
        'read',
        () => send(names),
        (values) => {
          give(values, NO_VERSIONS);
        },
        fail,
      );
    } else if (client.isCluster) {
      Promise.all([deadline.bound('read', () => send(names)), this.#options.tags.read(tags)]).then(
        ([values, versions]) => {
          give(values, versions);
        },
        fail,
      );
    } else {
      const all = [...names, ...tags.map((tag) => keys.tag(tag))];
      deadline.settle(
        'read',
        () => send(all),
        (values) => {
          give(values, versionsAtTheEnd(tags, values));
        },
        fail,
      );
    }
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

type Values = readonly (Payload | null)[];

/** What is asked for with one command, or in a Cluster with several at once, and what becomes of the answer. */
interface Query<R> {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly send: (names: readonly string[]) => Promise<Values>;
  readonly convert: (values: Values, versions: FoundVersions) => readonly R[];
}

/** What a client answers may be of any shape: then the read has failed. */
function orFail<R>(
  convert: Query<R>['convert'],
  answer: Answer<R>,
  fail: Fail,
): (values: Values, versions: FoundVersions) => void {
  return (values, versions) => {
    let replies: readonly R[];
    try {
      replies = convert(values, versions);
    } catch (error) {
      fail(error);
      return;
    }
    answer(replies);
  };
}

function tagsOf(reads: readonly WantedRead[]): readonly string[] {
  const [first] = reads;
  if (reads.length === 1 && first !== undefined) return first.tags;
  return [...new Set(reads.flatMap(({ tags }) => tags))];
}

/** `over`: a tag was invalidated, or one that is expected is not there. `unclear`: the version of a tag was not asked for. */
function standingOf(
  tags: TagVersions | undefined,
  found: FoundVersions,
  expected: Expected,
): 'current' | 'over' | 'unclear' {
  if (!expected.tags.every((tag) => tags?.has(tag) === true)) return 'over';
  let standing: 'current' | 'unclear' = 'current';
  for (const [tag, version] of tags ?? []) {
    const current = found.get(tag);
    if (current === undefined) standing = 'unclear';
    else if (current !== version) return 'over';
  }
  return standing;
}

function isOfWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}
