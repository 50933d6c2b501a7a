/**
 * A KEY BECOMES REDIS KEYS HERE. All that belongs to one cache key has the same hash tag, so that Redis Cluster keeps it
 * in one slot and one script can reach it. Cache keys hold no braces (`keys/key-pattern.ts`).
 */
export class RedisKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The entry. */
  entry(key: string): string {
    return `${this.#prefix}:{${key}}`;
  }

  /** The marker that is there for as long as the entry is fresh. */
  marker(key: string): string {
    return `${this.#prefix}:{${key}}:fresh`;
  }

  /** The set of open tickets. */
  tickets(key: string): string {
    return `${this.#prefix}:{${key}}:tickets`;
  }

  /** The refresh lock. */
  lock(key: string): string {
    return `${this.#prefix}:{${key}}:lock`;
  }

  /** What a script that writes an entry has to reach, in this order: entry, marker, tickets. */
  written(key: string): string[] {
    return [this.entry(key), this.marker(key), this.tickets(key)];
  }

  /** All that may be there of a key. */
  all(key: string): string[] {
    return [...this.written(key), this.lock(key)];
  }

  /** The version of a tag, which is in a slot of its own. */
  tag(name: string): string {
    return `${this.#prefix}:{${withoutBraces(name)}}:tag`;
  }

  /** The position of the invalidation bus. No key of an entry can be equal to it. */
  get bus(): string {
    return `${this.#prefix}:bus`;
  }

  /** The channel of the bus: that of one database, as all of them share their channels. In a Cluster it is in the slot of the position. */
  channel(database: number): string {
    return database === 0 ? this.bus : `${this.bus}:${database}`;
  }

  /** A glob pattern (`SCAN MATCH`) for all of them. */
  everything(): string {
    return `${this.#prefix}:{*`;
  }
}

const BRACE = /[%{}]/;

/** A hash tag ends with the first brace. Few names have one: to look for it takes a tenth of the time that `replace` takes. */
function withoutBraces(name: string): string {
  return BRACE.test(name) ? name.replace(/[%{}]/g, encodeURIComponent) : name;
}

/** What a Redis key holds. */
export type RedisKeyKind = 'entry' | 'fresh' | 'tickets' | 'lock' | 'tag' | 'bus';

/** A Redis key as {@link RedisKeys} makes them, read back. */
export interface ReadRedisKey {
  readonly prefix: string;
  readonly kind: RedisKeyKind;
  /** The cache key, or the name of the tag; empty for the bus. */
  readonly of: string;
}

const OF_A_KEY = /^([\w.:/-]{1,64}?):\{([^{}]+)\}(?::(fresh|tickets|lock|tag))?$/;
const OF_THE_BUS = /^([\w.:/-]{1,64}):bus$/;

/** `undefined` for what no store has named so; others may have. */
export function readRedisKey(name: string): ReadRedisKey | undefined {
  const [, prefix, of = '', kind = 'entry'] = OF_A_KEY.exec(name) ?? [];
  if (prefix !== undefined) {
    const text = kind === 'tag' ? of.replace(/%(25|7B|7D)/g, decodeURIComponent) : of;
    return { prefix, kind: kind as RedisKeyKind, of: text };
  }
  const bus = OF_THE_BUS.exec(name)?.[1];
  return bus === undefined ? undefined : { prefix: bus, kind: 'bus', of: '' };
}
