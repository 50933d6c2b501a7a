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

/** The last reading, and how many more calls may share it: in arrays, as a number in a variable is an object of its own. */
const reading = new Float64Array(1);
const shares = new Int32Array(1);
let resetScheduled = false;

/**
 * {@link now}, as it was earlier in this turn of the event loop: for hits, of which one costs little more than a look at
 * the clock. Under fake timers it is exact, since their time moves within a turn.
 */
export function nowInThisTurn(): number {
  const left = shares[0] ?? 0;
  if (left === 0 || Date !== RealDate) return readAnew();
  shares[0] = left - 1;
  return reading[0] ?? 0;
}

function readAnew(): number {
  const at = performance.now();
  if (Date !== RealDate) return at;
  reading[0] = at;
  shares[0] = MAX_SHARED;
  if (!resetScheduled) {
    resetScheduled = true;
    process.nextTick(reset);
  }
  return at;
}

function reset(): void {
  shares[0] = 0;
  resetScheduled = false;
}
