import type { Instant } from './history.js';

export function instant(): Instant {
  return Number(process.hrtime.bigint()) / 1e6;
}
