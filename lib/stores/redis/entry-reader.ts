import type { Entry } from '../../entry/entry.js';
import type { Expected, LivingEntry } from '../store.js';
import { BatchedReads, type WantedRead } from './batched-reads.js';
import type { TagVersions } from './entry-notes.js';
import { ReadCommands, type ReadCommandsOptions } from './read-commands.js';
import type { FoundVersions, LivingReply, Reply } from './read-replies.js';
import { freshnessOf, RedisEntry } from './redis-entry.js';

export interface EntryReaderOptions extends ReadCommandsOptions {
  readonly unreadable: (key: string, error: unknown) => void;
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

  constructor(options: EntryReaderOptions) {
    this.#options = options;
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
