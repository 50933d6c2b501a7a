import type { RedisClient } from '../../stores/redis/redis-client.js';
import { readRedisKey, RedisKeys } from '../../stores/redis/redis-key.js';
import { unreachable, type Failure } from '../failure.js';
import { counted, countText } from '../text/figures.js';
import { printable } from '../text/printable.js';
import { readEntries } from './read-entries.js';
import { scan, type Master, type Scanned } from './scan.js';

/** As many keys are looked at to find prefixes. */
const MOST_KEYS = 10_000;

/** Of a prefix so many keys are opened, to see whether they are entries. */
const MOST_OPENED = 5;

const MOST_PREFIXES = 20;

export interface Prefixes extends Scanned {
  /** Those under which freshkeep keeps something, with the number of their keys among those that were looked at; the most first. */
  readonly found: ReadonlyMap<string, number>;
}

/** Looks for prefixes of RedisStores among a sample of all keys. Others may name their keys alike: an entry must be there as well. */
export async function findPrefixes(client: RedisClient): Promise<Prefixes> {
  const candidates = new Map<string, number>();
  const opened = new Map<string, number>();
  const proven = new Set<string>();
  const scanned = await scan(client, MOST_KEYS, async (master, names) => {
    for (const read of names.map(readRedisKey)) {
      if (read === undefined || read.kind === 'bus') continue;
      candidates.set(read.prefix, (candidates.get(read.prefix) ?? 0) + 1);
      const already = opened.get(read.prefix) ?? 0;
      if (read.kind !== 'entry' || already >= MOST_OPENED || proven.has(read.prefix)) continue;
      opened.set(read.prefix, already + 1);
      if (await isEntry(master, read.prefix, read.of)) proven.add(read.prefix);
    }
  });
  const found = [...candidates].filter(([prefix]) => proven.has(prefix)).sort(([, one], [, other]) => other - one);
  return { ...scanned, found: new Map(found.slice(0, MOST_PREFIXES)) };
}

async function isEntry(master: Master, prefix: string, key: string): Promise<boolean> {
  try {
    return (await readEntries(master, prefix, [key])).some(({ state }) => state !== 'unreadable');
  } catch {
    // An ACL that allows some prefixes alone.
    return false;
  }
}

/** Has anybody used this prefix? Then it has a bus, as soon as something was invalidated, or an entry had tags. */
export async function hasBus(client: RedisClient, prefix: string): Promise<boolean> {
  return (await client.exists(new RedisKeys(prefix).bus)) > 0;
}

/**
 * What speaks against this prefix, where nothing was found under it yet; `undefined` where it is in use.
 * @throws Failure (rejects) where it is certain that nothing is there: else a wrong prefix would be told that all is well
 */
export async function doubtAbout(client: RedisClient, prefix: string, redis: string): Promise<string | undefined> {
  if (await hasBus(client, prefix)) return undefined;
  const prefixes = await findPrefixes(client);
  if (prefixes.found.has(prefix)) return undefined;
  const failure = nothingUnder(prefix, redis, prefixes);
  if (prefixes.complete) throw failure;
  return `${failure.message}; ${failure.hint ?? ''}`;
}

/** Freshkeep has nothing under this prefix: it may be a wrong one. */
export function nothingUnder(prefix: string, redis: string, { found, keys, looked, complete }: Prefixes): Failure {
  const where = complete ? '' : ` among the ${countText(looked)} of ${counted(keys, 'key')} that were looked at`;
  const others = [...found].filter(([other]) => other !== prefix);
  const list = others.map(([other, count]) => `${printable(other)} (${counted(count, 'key')})`).join(', ');
  const hint =
    keys === 0
      ? 'that database has no keys at all: is it the right number?'
      : others.length === 0
        ? `nothing that looks like freshkeep's was found under any other prefix${where}`
        : `prefixes that look like freshkeep's: ${list}`;
  return unreachable(`freshkeep has nothing under the prefix ${prefix} in ${redis}${where}`, hint);
}
