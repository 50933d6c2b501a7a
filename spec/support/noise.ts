import { expect } from 'chai';

import { LagWatch } from './lag-watch.js';

/** How long a busy moment of the machine is remembered, in milliseconds: longer than most specs take. */
const REMEMBERED = 15_000;
/** What is measured passes through several processes, each of which may have to wait as long. */
const PROCESSES = 3;

/**
 * Bounds on time hold for a quiet machine. On a busy one, timers of this process were late as well: then so much more is
 * allowed, and printed. The file has to be loaded before the time that is measured.
 */
export function expectAtMost(bound: number, measured: number, what = 'milliseconds'): void {
  if (measured <= bound) return;
  const noise = PROCESSES * longestLag();
  console.log(
    `      ${what}: ${measured.toFixed(0)} of ${bound}, on a busy machine that allows ${noise.toFixed(0)} more`,
  );
  expect(measured, what).to.be.at.most(bound + noise);
}

let watch = new LagWatch();
let before = 0;

/** Of the last 15 to 30 s. */
function longestLag(): number {
  return Math.max(before, watch.longest);
}

setInterval(() => {
  before = watch.stop();
  watch = new LagWatch();
}, REMEMBERED).unref();
