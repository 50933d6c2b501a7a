/**
 * The one clock of this process: monotonic milliseconds, unmoved by changes of the wall clock. Read through `globalThis`
 * at each call, so that fake timers that replace `performance.now` (sinon does by default) govern it.
 */
export function now(): number {
  return performance.now();
}

/** The reading is shared by at most this many calls, should the event loop not turn for long. */
const MAX_SHARED = 32;

/** Fake timers replace `Date` as a whole; one look at it costs less than one at `performance`. */
const RealDate = Date;
let reading = 0;
let shares = 0;
let resetScheduled = false;

/**
 * {@link now}, as it was earlier in this turn of the event loop: for hits, of which one costs little more than a look at
 * the clock. Under fake timers it is exact, since their time moves within a turn.
 */
export function nowInThisTurn(): number {
  if (Date !== RealDate) return performance.now();
  if (shares > 0) {
    shares -= 1;
    return reading;
  }
  reading = performance.now();
  shares = MAX_SHARED;
  if (!resetScheduled) {
    resetScheduled = true;
    process.nextTick(reset);
  }
  return reading;
}

function reset(): void {
  shares = 0;
  resetScheduled = false;
}
