import { checkCount, invalidOption } from '../../errors.js';
import { checkOptionNames, type NamesOf } from '../../known-names.js';
import type { ClassCodec } from '../../serializers/class-codec.js';
import { FaithfulSerializer } from '../../serializers/faithful-serializer.js';
import type { Serializer } from '../../serializers/serializer.js';
import { toMilliseconds, type Duration } from '../../time/duration.js';
import { checkCompressAbove } from './compression.js';
import { checkClient, type RedisClient } from './redis-client.js';

export interface RedisStoreOptions {
  /** A client of ioredis (`Redis` or `Cluster`); it stays yours: the store never closes it. */
  readonly client: RedisClient;
  /** Begins every Redis key: letters, digits and `._:/-`, at most 64. Default `'freshkeep'`. */
  readonly prefix?: string;
  /** Default: {@link FaithfulSerializer}. */
  readonly serializer?: Serializer;
  /** The classes whose instances are stored, each with its codec: for the default serializer, not beside another one. */
  readonly classes?: readonly ClassCodec[];
  /**
   * A serialized value of more than this many bytes is compressed, if that makes it smaller. `false`: none is. Entries of
   * either form are read whatever it says. Default `false`.
   */
  readonly compressAbove?: number | false;
  /**
   * Of how many bytes of the payloads read last this process remembers the values: where Redis has such a payload as it was, the
   * value is copied, which takes a tenth of the time that parsing it takes. Values take two to three times as much memory as
   * their payloads. 0: of none. Default 4,194,304.
   */
  readonly decodedBytes?: number;
  /** How long a command may take before the call goes on without it: at most a minute. Default `'500ms'`. */
  readonly deadline?: Duration;
  /**
   * When to stop sending commands to a server that does not answer, and wait for it instead: after so many in a row that
   * were not answered within the deadline, or whose connection failed. `false`: never. Default `{ failures: 3 }`.
   */
  readonly breaker?: BreakerOptions | false;
  /** Independent masters for the refresh lock (the Redlock algorithm). Default: `client` itself. */
  readonly lockClients?: readonly RedisClient[];
}

const REDIS_STORE_OPTIONS: NamesOf<RedisStoreOptions> = {
  client: true,
  prefix: true,
  serializer: true,
  classes: true,
  compressAbove: true,
  decodedBytes: true,
  deadline: true,
  breaker: true,
  lockClients: true,
};

export interface BreakerOptions {
  /** After how many failures in a row commands are no longer sent. Default 3. */
  readonly failures?: number;
}

const BREAKER_OPTIONS: NamesOf<BreakerOptions> = { failures: true };

const FAILURES = 3;

const DECODED_BYTES = 4 * 1_024 * 1_024;

/** `500` is meant to be milliseconds, and would be minutes of waiting. */
const LONGEST_DEADLINE = '60s';

/** {@link RedisStoreOptions}, checked and complete. */
export interface CheckedRedisStoreOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly serializer: Serializer;
  readonly compressAbove: number | false;
  readonly decodedBytes: number;
  /** In milliseconds. */
  readonly deadline: number;
  /** After how many failures in a row a breaker opens. */
  readonly failures: number;
  readonly lockClients: readonly RedisClient[] | undefined;
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID`, `ERR_CACHE_DURATION_INVALID` */
export function checkRedisStoreOptions(options: RedisStoreOptions): CheckedRedisStoreOptions {
  const {
    client,
    prefix = 'freshkeep',
    serializer,
    classes,
    compressAbove = false,
    decodedBytes = DECODED_BYTES,
    deadline = '500ms',
    breaker = {},
    lockClients,
  } = checkOptionNames('options', options, REDIS_STORE_OPTIONS);
  return {
    client: checkClient('client', client),
    prefix: checkPrefix(prefix),
    serializer: serializerOf(serializer, classes),
    compressAbove: checkCompressAbove(compressAbove),
    decodedBytes: checkDecodedBytes(decodedBytes),
    deadline: toMilliseconds('deadline', deadline, { zero: false, longest: LONGEST_DEADLINE }),
    failures: checkBreaker(breaker),
    lockClients: lockClients === undefined ? undefined : checkLockClients(lockClients),
  };
}

function checkDecodedBytes(bytes: unknown): number {
  if (Number.isSafeInteger(bytes) && (bytes as number) >= 0) return bytes as number;
  throw invalidOption('decodedBytes', 'a whole number of bytes, or 0', bytes);
}

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function checkPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[\w.:/-]{1,64}$/.test(prefix)) return prefix;
  throw invalidOption('prefix', '1 to 64 letters, digits or any of ._:/-', prefix);
}

function checkBreaker(breaker: unknown): number {
  if (breaker === false) return Infinity;
  if (typeof breaker !== 'object' || breaker === null) throw invalidOption('breaker', 'false or { failures }', breaker);
  const { failures = FAILURES }: BreakerOptions = checkOptionNames('breaker', breaker, BREAKER_OPTIONS);
  return checkCount('breaker.failures', failures);
}

function serializerOf(serializer: unknown, classes: readonly ClassCodec[] | undefined): Serializer {
  if (serializer === undefined) return new FaithfulSerializer(classes === undefined ? {} : { classes });
  if (classes === undefined) return checkSerializer(serializer);
  throw invalidOption('classes', 'absent beside `serializer`, which must know them itself', classes);
}

function checkSerializer(serializer: unknown): Serializer {
  const { id, serialize, deserialize, ...others } = membersOf(serializer ?? {});
  const named = typeof id === 'string' && /^[\w.-]{1,16}$/.test(id);
  const optional = Object.values(others).every((method) => method === undefined || typeof method === 'function');
  if (named && optional && typeof serialize === 'function' && typeof deserialize === 'function') {
    return serializer as Serializer;
  }
  throw invalidOption(
    'serializer',
    'an object with `id` (1 to 16 letters, digits or ._-), `serialize` and `deserialize`',
    serializer,
  );
}

/** Of its class as well as its own. */
function membersOf({
  id,
  serialize,
  deserialize,
  deserializeText,
  mayDuplicate,
  duplicate,
}: Partial<Serializer>): Partial<Record<keyof Serializer, unknown>> {
  return { id, serialize, deserialize, deserializeText, mayDuplicate, duplicate };
}

function checkLockClients(clients: unknown): readonly RedisClient[] {
  if (!Array.isArray(clients) || clients.length === 0)
    throw invalidOption('lockClients', 'a list of at least one client', clients);
  return clients.map((client, index) => checkClient(`lockClients[${index}]`, client));
}
