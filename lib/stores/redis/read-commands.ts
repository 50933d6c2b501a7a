import type { WantedRead } from './batched-reads.js';
import type { EntryCodec, Payload } from './entry-codec.js';
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
import type { RedisKeys } from './redis-key.js';
import type { RedisTags } from './redis-tags.js';
import { READ_LIVING } from './scripts.js';
import type { ServerGuards } from './server-guards.js';

export interface ReadCommandsOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly codec: EntryCodec;
  readonly guards: ServerGuards;
  readonly tags: RedisTags;
}

type Answer<R> = (replies: readonly R[]) => void;
type Fail = (error: unknown) => void;

type Values = readonly (Payload | null)[];

/** What is asked for with one command, or in a Cluster with several at once, and what becomes of the answer. */
interface Query<R> {
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly send: (names: readonly string[]) => Promise<Values>;
  readonly convert: (values: Values, versions: FoundVersions) => readonly R[];
}

/** Sends reads, each with one command; in a Cluster with one more for each tag. Calls one of `answer` and `fail`, once. */
export class ReadCommands {
  readonly #options: ReadCommandsOptions;

  constructor(options: ReadCommandsOptions) {
    this.#options = options;
  }

  ask(reads: readonly WantedRead[], answer: Answer<Reply>, fail: Fail): void {
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

  askLiving(reads: readonly WantedRead[], answer: Answer<LivingReply>, fail: Fail): void {
    const { client, codec } = this.#options;
    const form = codec.readsText ? 'text' : 'bytes';
    const names = this.#namesOf(reads);
    const send = (all: readonly string[]) => READ_LIVING.run(client, all, [names.length], form) as Promise<Values>;
    this.#settle({ names, tags: tagsOf(reads), send, convert: livingRepliesOf.bind(undefined, reads) }, answer, fail);
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

function isOfWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}
