import type { FillerStats, PatternStats } from '../statistics/pattern-stats.js';
import type { TtlEstimate } from '../statistics/ttl-curve.js';

/** Below this part of all hardly anybody will notice; a deployment, or an odd value, leaves some. */
export const RARE = 0.01;

/** How long a load takes on average, in milliseconds; 0 where there was none. */
export function meanLoad({ loads }: PatternStats): number {
  return loads.count === 0 ? 0 : loads.sum / loads.count;
}

export function longestStaleWindow({ fillers }: PatternStats): number {
  return Math.max(0, ...fillers.map(({ staleWhileRevalidate }) => staleWhileRevalidate));
}

/** The longest ttl of whoever fills most, in milliseconds; `undefined` where nobody does. Jitter shortens the others. */
export function longestTtl({ fillers }: PatternStats): number | undefined {
  return mainFiller(fillers)?.longestTtl;
}

/** Jitter seldom makes a ttl shorter than this part of it: what does comes with each call. */
const LEAST_OF_JITTER = 0.5;

/**
 * The same where all entries live about as long; `undefined` where lifetimes depend on the value: each may live for as long as it holds, and
 * changes of some tell nothing of the others.
 */
export function steadyTtl({ fillers }: PatternStats): number | undefined {
  const filler = mainFiller(fillers);
  if (filler === undefined) return undefined;
  const { shortestTtl, longestTtl, ttlVaries } = filler;
  const least = ttlVaries === true ? longestTtl : LEAST_OF_JITTER * longestTtl;
  return shortestTtl < least ? undefined : longestTtl;
}

function mainFiller(fillers: readonly FillerStats[]): FillerStats | undefined {
  return fillers.reduce<FillerStats | undefined>(
    (most, each) => (most === undefined || each.fills > most.fills ? each : most),
    undefined,
  );
}

/** What `ttl` would give. Of ttls beyond the longest that was tried: what that one would. */
export function estimateAt(curve: readonly TtlEstimate[], ttl: number): TtlEstimate | undefined {
  const above = curve.findIndex((each) => each.ttl >= ttl);
  const after = curve.at(above);
  if (after === undefined || above < 0) return after;
  const before = curve[above - 1];
  return before === undefined ? below(after, ttl) : between(before, after, ttl);
}

/** Between two ttls that were tried hits grow with the logarithm of the ttl, and the share that is out of date with the ttl itself. */
function between(before: TtlEstimate, after: TtlEstimate, ttl: number): TtlEstimate {
  const part = (ttl - before.ttl) / (after.ttl - before.ttl);
  const partOfHits = Math.log(ttl / before.ttl) / Math.log(after.ttl / before.ttl);
  const hitRatio = before.hitRatio + (after.hitRatio - before.hitRatio) * partOfHits;
  if (before.outOfDate === undefined || after.outOfDate === undefined) return { ttl, hitRatio };
  return { ttl, hitRatio, outOfDate: before.outOfDate + (after.outOfDate - before.outOfDate) * part };
}

/** Below the shortest: a miss is followed by so many hits as there are calls in the ttl, and values change in proportion to it. */
function below({ ttl: shortest, hitRatio, outOfDate }: TtlEstimate, ttl: number): TtlEstimate {
  const part = ttl / shortest;
  return {
    ttl,
    hitRatio: (hitRatio * part) / (1 - hitRatio + hitRatio * part),
    ...(outOfDate === undefined ? {} : { outOfDate: outOfDate * part }),
  };
}

/** Do writers tell the cache of anything under this pattern: by key, by tag, or by a new value? */
export function isToldOfWrites({ invalidations, updates, directWrites, fillers }: PatternStats): boolean {
  return invalidations + updates + directWrites > 0 || fillers.some(({ tagged }) => tagged);
}

/** Of the values that were loaded again, the share that had changed, though nobody had said so. */
export function changedShare({ reloads }: PatternStats): number {
  return reloads.count === 0 ? 0 : reloads.changed / reloads.count;
}

const UNITS: readonly (readonly [name: string, length: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** In its largest unit that needs no fraction: `5m`. */
export function durationText(milliseconds: number): string {
  const [name, length] = UNITS.find(([, each]) => milliseconds >= each && milliseconds % each === 0) ?? ['ms', 1];
  return `${Math.round(milliseconds / length)}${name}`;
}

/** The same as an option has it: `'5m'`. */
export function durationOption(milliseconds: number): string {
  return `'${durationText(milliseconds)}'`;
}

export function percent(part: number): string {
  const hundredths = part * 100;
  return `${hundredths < 10 && hundredths > 0 ? hundredths.toFixed(1) : Math.round(hundredths)} %`;
}
