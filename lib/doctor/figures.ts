import type { FillerStats, PatternStats } from '../statistics/pattern-stats.js';
import type { TtlEstimate } from '../statistics/ttl-curve.js';

/** How long a load takes on average, in milliseconds; 0 where there was none. */
export function meanLoad({ loads }: PatternStats): number {
  return loads.count === 0 ? 0 : loads.sum / loads.count;
}

export function longestStaleWindow({ fillers }: PatternStats): number {
  return Math.max(0, ...fillers.map(({ staleWhileRevalidate }) => staleWhileRevalidate));
}

/** The ttl of whoever fills most, in milliseconds; `undefined` where nobody does. The longest one where it varies: jitter shortens it. */
export function usualTtl({ fillers }: PatternStats): number | undefined {
  return mainFiller(fillers)?.longestTtl;
}

function mainFiller(fillers: readonly FillerStats[]): FillerStats | undefined {
  return fillers.reduce<FillerStats | undefined>(
    (most, each) => (most === undefined || each.fills > most.fills ? each : most),
    undefined,
  );
}

/** What `ttl` would give: between two that were tried, in proportion to the logarithm. */
export function estimateAt(curve: readonly TtlEstimate[], ttl: number): TtlEstimate | undefined {
  const above = curve.findIndex((each) => each.ttl >= ttl);
  const after = curve.at(above);
  const before = above <= 0 ? after : curve[above - 1];
  if (before === undefined || after === undefined) return undefined;
  const part = before === after ? 0 : Math.log(ttl / before.ttl) / Math.log(after.ttl / before.ttl);
  const between = (one: number, other: number): number => one + (other - one) * part;
  return {
    ttl,
    hitRatio: between(before.hitRatio, after.hitRatio),
    ...(before.outOfDate === undefined || after.outOfDate === undefined
      ? {}
      : { outOfDate: between(before.outOfDate, after.outOfDate) }),
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
