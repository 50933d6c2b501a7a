import type { StoreOperation } from './events.js';

/**
 * What takes time in a call. `refresh`: all that is done in the background for one stale entry, its load within it. `load`: the method is
 * called. `wait`: somebody else's load is waited for, or a turn. `store`: a store is asked that is not in this process alone.
 */
export type WorkKind = 'refresh' | 'load' | 'wait' | 'store';

/** Whose end is waited for: a load in this process, one in another, or one of `maxConcurrentLoads` that run. */
export type WaitedFor = 'load here' | 'load elsewhere' | 'turn';

/** A piece of work that is about to begin. Nothing in it is a value. */
export interface TracedWork {
  readonly kind: WorkKind;
  /** The name of the cache. */
  readonly cache: string;
  /** What the store is asked to do. */
  readonly operation?: StoreOperation;
  readonly waitsFor?: WaitedFor;
  /** Absent where it is about several keys, or about all. */
  readonly key?: string;
  /** Absent where it is about all keys, or about such as were named by an invalidation. */
  readonly pattern?: string;
  /** How many keys and tags an invalidation, or a `set`, names; how many keys are loaded together. */
  readonly keys?: number;
  readonly tags?: number;
  /** No caller waits for it. */
  readonly background?: boolean;
  /** One and the same object for a load and for those in this process that wait for it: one for each key that is loaded. */
  readonly loads?: readonly object[];
}

/** Is told of work as it begins, for traces. What it does changes no call: see {@link Tracing.trace}. */
export interface Tracing {
  /**
   * Calls `run`, at once and once, in the context that belongs to the work, and gives back what that returns: a value, or a promise which
   * settles as the work ends. The engine goes by what `run` has returned or thrown, whatever becomes of it here, and calls it by
   * itself where this does not. What this throws, or rejects with, is told as a warning of the process.
   */
  trace<T>(work: TracedWork, run: () => T): T;
}
