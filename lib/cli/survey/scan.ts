import { mastersOf, type RedisClient } from '../../stores/redis/redis-client.js';
import { now } from '../../time/clock.js';
import { sleep } from '../../time/timers.js';

/** A server that holds keys of its own. */
export type Master = ReturnType<typeof mastersOf>[number];

export interface Scanned {
  /** How many keys the servers have, of whomever. */
  readonly keys: number;
  /** How many of them were looked at. */
  readonly looked: number;
  /** Was that all? */
  readonly complete: boolean;
}

const NAMES_AT_ONCE = 500;

/** In milliseconds. */
const SHORTEST_PAUSE = 2;

/**
 * Gives `visit` the names of keys, some hundred at a time, until `most` were looked at: by SCAN, which keeps nobody waiting for long.
 * After each step it pauses for as long as that took: so it has a server for itself for half of the time at the most. SCAN goes by the
 * hashes of names, so those that come first are a fair sample.
 */
export async function scan(
  client: RedisClient,
  most: number,
  visit: (master: Master, names: readonly string[]) => Promise<void>,
): Promise<Scanned> {
  const masters = await Promise.all(mastersOf(client).map(async (master) => ({ master, keys: await master.dbsize() })));
  const keys = masters.reduce((sum, each) => sum + each.keys, 0);
  let looked = 0;
  let complete = true;
  for (const each of masters) {
    const share = most >= keys ? Infinity : Math.ceil((most * each.keys) / keys);
    const part = await scanServer(each.master, share, visit);
    looked += part.looked;
    complete &&= part.complete;
  }
  return { keys, looked, complete };
}

async function scanServer(
  master: Master,
  most: number,
  visit: (master: Master, names: readonly string[]) => Promise<void>,
): Promise<Omit<Scanned, 'keys'>> {
  let cursor = '0';
  let looked = 0;
  do {
    const startedAt = now();
    const [next, names] = await master.scan(cursor, 'COUNT', Math.min(NAMES_AT_ONCE, most - looked));
    cursor = next;
    looked += names.length;
    await visit(master, names);
    const wasLast = cursor === '0' || looked >= most;
    if (!wasLast) await sleep(Math.max(SHORTEST_PAUSE, now() - startedAt), 'keeps the process alive');
  } while (cursor !== '0' && looked < most);
  return { looked, complete: cursor === '0' };
}
