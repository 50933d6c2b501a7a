import { readRedisKey, RedisKeys, type RedisKeyKind } from '../../stores/redis/redis-key.js';
import type { RedisClient } from '../../stores/redis/redis-client.js';
import { RedisTags } from '../../stores/redis/redis-tags.js';
import { readEntries, type SurveyedEntry } from './read-entries.js';
import { scan, type Scanned } from './scan.js';

export interface SurveyOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  /** How many Redis keys are looked at, at the most. */
  readonly most: number;
  /** Which keys count; default: all. */
  readonly accepts?: (key: string) => boolean;
}

export interface Survey extends Scanned {
  readonly entries: readonly SurveyedEntry[];
  /** How many Redis keys of each kind the prefix has, among those that were looked at. */
  readonly kinds: ReadonlyMap<RedisKeyKind, number>;
  /** The versions that tags of these entries have now, `null` where they have none. */
  readonly versions: ReadonlyMap<string, string | null>;
}

/** More tags than these are not asked about. */
const MOST_TAGS = 10_000;
const TAGS_PER_COMMAND = 500;

/** Looks at a sample of what a RedisStore keeps. */
export async function survey({ client, prefix, most, accepts = () => true }: SurveyOptions): Promise<Survey> {
  const kinds = new Map<RedisKeyKind, number>();
  // SCAN may come by the same name twice.
  const entries = new Map<string, SurveyedEntry>();
  const scanned = await scan(client, most, async (master, names) => {
    const own = names.map(readRedisKey).filter((read) => read?.prefix === prefix);
    for (const { kind } of own.filter((read) => read !== undefined)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const keys = own.filter((read) => read?.kind === 'entry').map((read) => read?.of ?? '');
    for (const entry of await readEntries(master, prefix, keys.filter(accepts))) entries.set(entry.text, entry);
  });
  const found = [...entries.values()];
  return { ...scanned, entries: found, kinds, versions: await versionsOf(client, prefix, found) };
}

/** Asked for after the entries: one that was invalidated meanwhile counts as that. */
async function versionsOf(
  client: RedisClient,
  prefix: string,
  entries: readonly SurveyedEntry[],
): Promise<Map<string, string | null>> {
  const names = [...new Set(entries.flatMap(({ tags }) => [...(tags?.keys() ?? [])]))].slice(0, MOST_TAGS);
  const tags = new RedisTags({ client, keys: new RedisKeys(prefix), bound: (_operation, _name, send) => send() });
  const versions = new Map<string, string | null>();
  for (let at = 0; at < names.length; at += TAGS_PER_COMMAND)
    for (const [tag, version] of await tags.read(names.slice(at, at + TAGS_PER_COMMAND))) versions.set(tag, version);
  return versions;
}
