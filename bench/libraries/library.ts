/** Where entries are kept: in this process, in Redis, or in both, with copies in this process. */
export type Medium = 'memory' | 'redis' | 'tiers';

/** What is cached, and for how long. */
export interface Terms {
  /** The source: what a call costs that no cache answers. */
  readonly load: (id: number) => Promise<unknown>;
  /** In seconds. */
  readonly ttl: number;
  /** In seconds; 0: not at all. */
  readonly staleWhileRevalidate: number;
  /** The most entries that are kept in the memory of this process. */
  readonly maxEntries: number;
  /** A tag for every entry; absent: none. */
  readonly tag?: string;
  /** Begins every name in Redis, so that libraries do not meet there. */
  readonly prefix: string;
}

/** A service whose answers are cached, the way the documentation of a library shows it. */
export interface Service {
  /** The value of `id`, cached. */
  find(id: number): Promise<unknown>;
  /** The values of all, in their order; absent where the library knows no lists. */
  findMany?(ids: readonly number[]): Promise<readonly unknown[]>;
  /** After this, the next call of `id` loads. */
  invalidate(id: number): Promise<unknown>;
  /** The same for every entry with the tag of the terms; absent where the library knows no tags. */
  invalidateTag?(): Promise<unknown>;
  close(): Promise<void>;
}

/** Makes the service once all it needs is there: connections, the trust in a bus. */
export type ServiceOver = (terms: Terms) => Promise<Service>;

/**
 * One way to cache: a library, or what one writes by hand. A module of this folder exports it as `library`, and is imported in a
 * process of its own. `BENCH_REDIS_PORT` holds the port of the Redis on 127.0.0.1, where there is one.
 */
export interface Library {
  /** The media it has. */
  readonly over: Readonly<Partial<Record<Medium, ServiceOver>>>;
  /** Does it refresh in the background what is stale (`Terms.staleWhileRevalidate`)? */
  readonly servesStale: boolean;
  /** Does it know tags (`Terms.tag`)? */
  readonly knowsTags: boolean;
}
