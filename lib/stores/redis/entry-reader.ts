import type { Entry } from '../../entry/entry.js';
import type { Expected, LivingEntry } from '../store.js';
import { BatchedReads, type AskedBy, type WantedRead } from './batched-reads.js';
import type { Payload } from './entry-codec.js';
import type { TagVersions } from './entry-notes.js';
import { OpenedPayload } from './opened-payload.js';
import { RecentPayloads } from './recent-payloads.js';
import { ReadCommands, type ReadCommandsOptions } from './read-commands.js';
import type { FoundVersions, LivingReply, Reply } from './read-replies.js';
import { freshnessOf, RedisEntry } from './redis-entry.js';

export interface EntryReaderOptions extends ReadCommandsOptions {
  readonly unreadable: (key: string, error: unknown) => void;
  /** Of how many bytes of payloads it is remembered what they decode to. */
  readonly decodedBytes: number;
}

/** Redis answers nobody else while it gathers the values of one command. */
const READS_PER_COMMAND = 100;

/** How often an entry is looked at: what another look was for may be of another entry by then. */
const LOOKS = 3;

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
  readonly #recent: RecentPayloads;

  constructor(options: EntryReaderOptions) {
    this.#options = options;
    this.#recent = new RecentPayloads(options.decodedBytes);
    const largest = options.client.isCluster ? 1 : READS_PER_COMMAND;
    const commands = new ReadCommands(options);
    this.#reads = new BatchedReads({ ask: commands.ask.bind(commands), largest });
    this.#livingReads = new BatchedReads({ ask: commands.askLiving.bind(commands), largest });
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

  /** What was read lately need not be remembered any longer. */
  forget(): void {
    this.#recent.forget();
  }

  /** What another command has found. */
  async complete(key: string, reply: Reply, expected: Expected): Promise<Entry | undefined> {
    const found = this.#toEntry(key, reply, expected, 'one');
    return found instanceof Unclear ? this.#readAgain(key, expected, found, LOOKS) : found;
  }

  #read(wanted: WantedRead, expected: Expected, looks: number): Promise<Entry | undefined> {
    return new Promise((resolve, fail) => {
      const answer = (reply: Reply, askedBy: AskedBy) => {
        const found = this.#toEntry(wanted.key, reply, expected, askedBy);
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
      const answer = (reply: LivingReply, askedBy: AskedBy) => {
        const entry = this.#toEntry(wanted.key, reply, expected, askedBy);
        if (!(entry instanceof Unclear)) resolve(entry && { entry, remaining: entry.remaining(reply) });
        else if (looks === 0) resolve(undefined);
        else resolve(this.#readLiving({ ...wanted, tags: entry.tags }, expected, looks - 1));
      };
      this.#livingReads.read(wanted, { answer, fail });
    });
  }

  #toEntry(key: string, reply: Reply, expected: Expected, askedBy: AskedBy): RedisEntry | undefined | Unclear {
    const { payload } = reply;
    if (payload === null) return undefined;
    try {
      const opened = reply.opened ?? this.#open(key, payload);
      if (askedBy === 'several') {
        opened.expectMore();
        reply.opened = opened;
      }
      const { decoded } = opened;
      const { tags } = decoded;
      const standing =
        tags === undefined && expected.tags.length === 0 ? 'current' : standingOf(tags, reply.versions, expected);
      if (standing === 'over') return undefined;
      const freshness = freshnessOf(decoded, reply);
      if (standing === 'current' && freshness !== 'unclear') return new RedisEntry(opened, freshness, reply);
      const needsLife = freshness === 'unclear' && reply.marker === null;
      return new Unclear(tags === undefined ? [] : [...tags.keys()], needsLife);
    } catch (error) {
      this.#options.unreadable(key, error);
      return undefined;
    }
  }

  /** Of what is as it was when it was read last, the value need not be parsed again. */
  #open(key: string, payload: Payload): OpenedPayload {
    const isText = typeof payload === 'string';
    const known = isText ? this.#recent.find(key, payload) : undefined;
    known?.expectMore();
    if (known !== undefined) return known;
    const opened = new OpenedPayload(this.#options.codec, payload);
    if (isText) this.#recent.offer(key, opened);
    return opened;
  }
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
