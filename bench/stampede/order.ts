import type { ServiceOptions } from '../open-service.js';

/** What a process of the crowd is started with. */
export interface CrowdOptions {
  readonly service: ServiceOptions;
  /** How many call at once. */
  readonly callers: number;
  readonly sourceMilliseconds: number;
}

/** `'warm'`: one call. `'burst'`: all call once the clock shows `at`, in milliseconds. `'count'`: how many loads have begun here? */
export type Order =
  | { readonly kind: 'warm'; readonly id: number }
  | { readonly kind: 'count'; readonly id: number }
  | { readonly kind: 'burst'; readonly id: number; readonly at: number };

export interface Reply {
  /** In this process, of the id of the order, since it was started. */
  readonly loads: number;
  /** In milliseconds, one for each caller of a burst. */
  readonly latencies: readonly number[];
}
