import type { Policy } from './step.js';

/**
 * In seconds. Time passes in multiples of 70: none comes nearer than 10 s to the end of a window, counted from the fill, so that
 * the milliseconds which a program really takes make no difference on a clock that cannot be held, as that of Redis. And each
 * ends every pause after a failure, which is of 60 s at the most.
 */
export const PASSES = [70, 70, 140, 280] as const;

export interface Windows {
  readonly ttl: number;
  readonly stale: number;
  readonly ifError: number;
}

export function windowsOf({ fresh, stale, ifError }: Policy): Windows {
  return {
    ttl: { briefly: 50, long: 100 }[fresh],
    stale: stale ? 100 : 0,
    ifError: { never: 0, briefly: 50, long: 310 }[ifError],
  };
}

/** May an expired entry still answer a call whose load failed? */
export function hasLastResort({ stale, ifError }: Windows): boolean {
  return ifError > stale;
}
