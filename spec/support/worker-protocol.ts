import type { CacheEventName, CacheHealth, InvalidationResult, LockOptions } from 'freshkeep';

/** How a worker process sets its cache up. */
export interface WorkerOptions {
  /** Where Redis is, or is not. */
  readonly port: number;
  readonly prefix: string;
  readonly ttl: `${number}ms`;
  readonly staleWhileRevalidate?: `${number}ms`;
  readonly lock?: LockOptions;
  /** Without it, loads ask the parent. With it, a load is a pause of so many milliseconds in the worker. */
  readonly loadFor?: number;
  /** With a first tier in the process. Default `false`. */
  readonly tiered?: boolean;
  /** `false`: the control, fills whatever became of the ticket. Default `true`. */
  readonly tickets?: boolean;
}

/** Many callers of one key at one instant, in one worker. Times in milliseconds. */
export interface BurstReport {
  /** From the first call to the last answer. */
  readonly slowest: number;
  /** The latest that a plain timer fired in this worker meanwhile: what the machine's noise, not the cache, costs. */
  readonly lag: number;
  /** Different values that the callers got. */
  readonly values: readonly unknown[];
}

export interface TimedAnswer {
  readonly value: unknown;
  readonly took: number;
}

export interface WatchedAnswer extends TimedAnswer {
  readonly at: number;
}

/** Random reads and writes in one worker. */
export interface PlayOptions {
  readonly keys: readonly string[];
  readonly milliseconds: number;
  readonly readers: number;
  readonly writers: number;
  /** What follows a write: the invalidation of its key, or, after writes to all keys, a `clear`. */
  readonly by: 'invalidate' | 'clear';
  /** Each writer rests for a random time up to this many milliseconds. */
  readonly pauseOfWriters: number;
}

/** What a worker does when its parent asks. */
export interface WorkerCalls {
  find(id: string): Promise<unknown>;
  findTimed(id: string): Promise<TimedAnswer>;
  /** `startAt`: the instant, by the wall clock, at which all workers begin. */
  burst(id: string, callers: number, startAt: number): Promise<BurstReport>;
  set(id: string, value: unknown): Promise<InvalidationResult>;
  invalidate(id: string): Promise<InvalidationResult>;
  /** Resolves to the instant, by the machine's monotonic clock, at which it was known to be applied. */
  invalidateAt(id: string): Promise<number>;
  clear(): Promise<InvalidationResult>;
  /** Reads and writes at random; ends when the last of its calls has. */
  play(options: PlayOptions): Promise<void>;
  /** Calls once in a while, for so long; tells every answer, with the instant, by the machine's monotonic clock, at which it was there. */
  watch(id: string, milliseconds: number, pause: number): Promise<WatchedAnswer[]>;
  /** How often each event was emitted so far. */
  events(): Partial<Record<CacheEventName, number>>;
  wallClock(): number;
  /** How the cache and its store are doing. */
  health(): CacheHealth;
  /** Waits until the client is connected, and the first tier, if there is one, trusted. */
  connected(): Promise<void>;
  closeCache(): Promise<void>;
  /** Disconnects from Redis and from the parent. What still keeps the process alive then is a leak. */
  finish(): void;
}

/** What the parent, as the source behind all workers, answers. */
export interface SourceCalls {
  ready(): void;
  load(id: string): Promise<unknown>;
  write(id: string): unknown;
}
