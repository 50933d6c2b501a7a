import { CacheError } from '../errors.js';
import { FaithfulSerializer } from '../serializers/faithful-serializer.js';
import type { Serializer } from '../serializers/serializer.js';
import { readEntryHeader } from '../stores/redis/entry-codec.js';
import type { RedisClient } from '../stores/redis/redis-client.js';
import { RedisKeys } from '../stores/redis/redis-key.js';

/** The name of a serializer is within the first bytes of an entry, tags or none. */
const BEGINNING = 65_536;

/**
 * The serializer for what is there of `key`: the default, which alone this program has, or one that stands for another of which
 * only the service knows. All but the value can be told by its name.
 */
export async function serializerOfEntry(client: RedisClient, prefix: string, key: string): Promise<Serializer> {
  const own = new FaithfulSerializer();
  const id = await serializerIn(client, new RedisKeys(prefix).entry(key));
  return id === undefined || id === own.id ? own : unknownSerializer(id);
}

async function serializerIn(client: RedisClient, entry: string): Promise<string | undefined> {
  try {
    const header = readEntryHeader(await client.getrange(entry, 0, BEGINNING - 1));
    return header === 'cut off' ? undefined : header.serializer;
  } catch (error) {
    // No entry of this version, or none at all.
    if (CacheError.is(error)) return undefined;
    throw error;
  }
}

function unknownSerializer(id: string): Serializer {
  const refuse = (): never => {
    throw new Error(`serializer ${id} is known to the service alone`);
  };
  return { id, serialize: refuse, deserialize: refuse };
}
