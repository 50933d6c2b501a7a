import { lifeOf } from '../../entry/entry.js';
import { reportOf, type EntryReport, type TagReport, type TierReport } from '../../entry/tier-report.js';
import { describeThrown } from '../../errors.js';
import type { InspectOptions } from '../store.js';
import type { DecodedPayload, EntryCodec, Payload } from './entry-codec.js';
import { OpenedPayload } from './opened-payload.js';
import { livingRepliesOf, NO_VERSIONS, type LivingReply } from './read-replies.js';
import type { RedisClient } from './redis-client.js';
import { freshnessOf, RedisEntry } from './redis-entry.js';
import type { RedisKeys } from './redis-key.js';
import type { BoundCommand, RedisTags } from './redis-tags.js';
import { READ_LIVING } from './scripts.js';

export interface EntryInspectorOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly codec: EntryCodec;
  readonly tags: RedisTags;
  readonly bound: BoundCommand;
}

/** Looks at what Redis has of a key, for people to read: also at what no call would be served. */
export class EntryInspector {
  readonly #options: EntryInspectorOptions;

  constructor(options: EntryInspectorOptions) {
    this.#options = options;
  }

  /** Never rejects: what Redis does not answer is told of. */
  async inspect(key: string, options: InspectOptions): Promise<TierReport> {
    try {
      const [reply, openTickets] = await Promise.all([this.#read(key), this.#countTickets(key)]);
      const tickets = openTickets === undefined ? {} : { openTickets };
      return { tier: 'redis', ...tickets, ...(await this.#reportOf(reply, options)) };
    } catch (error) {
      return { tier: 'redis', notUsed: describeThrown(error) };
    }
  }

  async #reportOf(
    reply: LivingReply | undefined,
    { values }: InspectOptions,
  ): Promise<Pick<TierReport, 'entry' | 'unreadable'>> {
    if (reply === undefined || reply.payload === null) return {};
    const read = this.#decode(reply, reply.payload);
    if ('unreadable' in read) return read;
    const { decoded, entry } = read;
    const { ttl, staleWhileRevalidate, staleIfError } = entry.remaining(reply);
    const left = { ttl, staleWhileRevalidate, staleIfError };
    const instants = { staleAt: ttl, expiresAt: ttl + staleWhileRevalidate, lastResortUntil: wholeLife(left) };
    const report: EntryReport = {
      ...reportOf(instants, await this.#tagReports(decoded.tags ?? new Map()), 0),
      ...(reply.entryLife === Infinity ? {} : { age: Math.max(0, wholeLife(decoded) - reply.entryLife) }),
      bytes: Buffer.byteLength(reply.payload),
      ...(values ? { value: entry.value } : {}),
    };
    return { entry: report };
  }

  #decode(
    reply: LivingReply,
    payload: Payload,
  ): { readonly decoded: DecodedPayload; readonly entry: RedisEntry } | { readonly unreadable: unknown } {
    const { codec } = this.#options;
    try {
      const opened = new OpenedPayload(codec, payload);
      const { decoded } = opened;
      const freshness = freshnessOf(decoded, reply);
      return {
        decoded,
        entry: new RedisEntry(opened, freshness === 'unclear' ? 'fresh' : freshness, reply),
      };
    } catch (error) {
      return { unreadable: error };
    }
  }

  async #tagReports(versions: ReadonlyMap<string, string>): Promise<TagReport[]> {
    if (versions.size === 0) return [];
    const found = await this.#options.tags.read([...versions.keys()]);
    return [...versions].map(([name, version]) => {
      const current = found.get(name) ?? null;
      return { name, version, current, invalidated: current !== version };
    });
  }

  async #read(key: string): Promise<LivingReply | undefined> {
    const { client, keys, bound } = this.#options;
    const name = keys.entry(key);
    const send = () => READ_LIVING.run(client, [name, keys.marker(key)], [2], 'bytes') as Promise<(Payload | null)[]>;
    const values = await bound('inspect', name, send);
    return livingRepliesOf([{ key, withMarker: true, tags: [] }], values, NO_VERSIONS)[0];
  }

  /** `undefined` where nobody can tell, as the key is of another type: entries are read all the same. */
  async #countTickets(key: string): Promise<number | undefined> {
    const { client, keys, bound } = this.#options;
    const name = keys.tickets(key);
    try {
      // A client with `stringNumbers` says '1'.
      return Number(await bound<unknown>('inspect', name, () => client.scard(name)));
    } catch {
      return undefined;
    }
  }
}

type Windows = Pick<DecodedPayload, 'ttl' | 'staleWhileRevalidate' | 'staleIfError'>;

function wholeLife({ ttl, staleWhileRevalidate, staleIfError = 0 }: Windows): number {
  return lifeOf({ ttl, staleWhileRevalidate, staleIfError });
}
