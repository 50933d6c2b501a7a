import type { Serializer } from '../serializers/serializer.js';
import { RedisStore } from '../stores/redis/redis-store.js';
import { checkPrefix } from '../stores/redis/redis-store-options.js';
import type { RedisClient } from '../stores/redis/redis-client.js';
import type { OptionTable } from './option-table.js';
import { wrongUsage } from './failure.js';
import type { Given } from './given.js';
import { ADDRESS_EXAMPLE, isRedisUrl, parseRedisUrl } from './redis-address.js';
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

/** What a command was given besides its options: the address of Redis may come first. */
export interface RedisArguments {
  readonly url: string | undefined;
  readonly others: readonly string[];
}

/**
 * An address elsewhere than in its place is refused: it would be taken for a name, and another Redis be asked.
 * @throws Failure
 */
export function redisArgumentsOf(given: Given, command: string): RedisArguments {
  const { positionals } = given;
  const [first = '', ...rest] = positionals;
  const [url, others] = isRedisUrl(first) ? [first, rest] : [undefined, positionals];
  const isToldTwice = url !== undefined && given.text('redis') !== undefined;
  if (isToldTwice || others.some(isRedisUrl))
    throw wrongUsage(`${command} takes one Redis`, 'its address comes first, or by --redis');
  if (others.some(looksLikeAddress))
    throw wrongUsage('the address of Redis must begin with redis:// or rediss://', ADDRESS_EXAMPLE);
  return { url, others };
}

/**
 * @param url given without an option
 * @throws Failure, CacheError
 */
export function redisTargetOf(given: Given, url = given.text('redis') ?? defaultUrl()): RedisTarget {
  if (url === undefined) throw wrongUsage('which Redis? give --redis redis://…, or set REDIS_URL', ADDRESS_EXAMPLE);
  return {
    address: parseRedisUrl(url),
    cluster: given.flag('cluster'),
    timeout: timeoutOf(given),
    prefix: checkPrefix(given.text('prefix') ?? 'freshkeep'),
  };
}

function defaultUrl(): string | undefined {
  const { REDIS_URL: url } = process.env;
  return url === '' ? undefined : url;
}

/** `http://…`, `localhost:6379`, `user:password@host:6379`. It is not repeated: it may hold a password. */
function looksLikeAddress(text: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ||
    /^(localhost|\d+(\.\d+){3}):\d+(\/\d*)?$/.test(text) ||
    /^[^:@/{]*:[^@{]*@[^@:]+:\d+(\/\d*)?$/.test(text)
  );
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
