import { CacheError } from '../errors.js';
import { FaithfulSerializer } from '../serializers/faithful-serializer.js';
import type { Serializer } from '../serializers/serializer.js';
import { readEntryHeader } from '../stores/redis/entry-codec.js';
import type { RedisClient } from '../stores/redis/redis-client.js';
import { RedisKeys } from '../stores/redis/redis-key.js';

/** The name of a serializer is within the first bytes of an entry, and all of its tags are within these. */
const BEGINNING = 65_536;

/**
 * The id of the serializer that has written what is there of `key`; `undefined` where no entry of this version is.
 * @throws what the client throws (rejects)
 */
export async function serializerIdOf(client: RedisClient, prefix: string, key: string): Promise<string | undefined> {
  const start = await client.getrange(new RedisKeys(prefix).entry(key), 0, BEGINNING - 1);
  try {
    const header = readEntryHeader(start);
    return header === 'cut off' ? undefined : header.serializer;
  } catch (error) {
    if (CacheError.is(error)) return undefined;
    throw error;
  }
}

/** Is its serializer one that this program has not? */
export function isOfService(id: string): boolean {
  return id !== new FaithfulSerializer().id;
}

/** Reads no value: those of a service may need its own serializer, or its classes, and all else can be told without them. */
export function valueUnread(id: string): Serializer {
  return { id, serialize: () => Buffer.alloc(0), deserialize: () => undefined };
}
