import type { Serializer } from '../serializers/serializer.js';
import { RedisStore } from '../stores/redis/redis-store.js';
import { checkPrefix } from '../stores/redis/redis-store-options.js';
import type { RedisClient } from '../stores/redis/redis-client.js';
import type { OptionTable } from './option-table.js';
import { wrongUsage, type Failure } from './failure.js';
import type { Given } from './given.js';
import { ADDRESS_EXAMPLE, parseRedisUrl } from './redis-address.js';
import type { RedisConnectionOptions } from './redis-connection.js';
import { TIMEOUT_OPTION, timeoutOf } from './timeout-option.js';

export const REDIS_OPTIONS: OptionTable = {
  redis: { value: '<redis://…>', says: 'The Redis (default: the environment variable REDIS_URL)' },
  prefix: { value: '<prefix>', says: "The `prefix` of the RedisStore (default 'freshkeep')" },
  cluster: { says: 'It is a Redis Cluster: ask all of its masters' },
  ...TIMEOUT_OPTION,
};

/** Which Redis, and what of it. */
export interface RedisTarget extends RedisConnectionOptions {
  readonly prefix: string;
}

/**
 * @param url given without an option
 * @throws Failure, CacheError
 */
export function redisTargetOf(given: Given, url = given.text('redis') ?? process.env['REDIS_URL']): RedisTarget {
  if (url === undefined) throw noAddress(given.positionals);
  return {
    address: parseRedisUrl(url),
    cluster: given.flag('cluster'),
    timeout: timeoutOf(given),
    prefix: checkPrefix(given.text('prefix') ?? 'freshkeep'),
  };
}

/** What was meant for one is not repeated: it may hold a password. */
function noAddress(positionals: readonly string[]): Failure {
  if (positionals.some(looksLikeAddress))
    return wrongUsage('the address of Redis must begin with redis:// or rediss://', ADDRESS_EXAMPLE);
  return wrongUsage('which Redis? give --redis redis://…, or set REDIS_URL', ADDRESS_EXAMPLE);
}

/** `http://…`, `localhost:6379` */
function looksLikeAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^[\w.-]+:\d+(\/|$)/.test(text);
}

/**
 * One attempt, as of a person: no breaker.
 * @param serializer default: that of a RedisStore
 */
export function storeOf(client: RedisClient, { prefix, timeout }: RedisTarget, serializer?: Serializer): RedisStore {
  return new RedisStore({
    client,
    prefix,
    deadline: `${timeout}ms`,
    breaker: false,
    ...(serializer && { serializer }),
  });
}
