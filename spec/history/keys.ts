import { key, type CacheKey } from 'freshkeep';

/** Of all Redis keys in a history. */
export const PREFIX = 'history';

/** Of the bus in Redis. */
export const BUS = `${PREFIX}:bus`;

export function cacheKey(id: string): CacheKey {
  return key`thing:${id}`;
}

/** What decides on which server of a Cluster a key is. */
export function redisKey(id: string): string {
  return `${PREFIX}:{${cacheKey(id).text}}`;
}
