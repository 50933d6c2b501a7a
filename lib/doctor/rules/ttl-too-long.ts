import type { PatternStats } from '../../statistics/pattern-stats.js';
import { durationOption, estimateAt, isToldOfWrites, percent, steadyTtl } from '../figures.js';
import { ALWAYS_CHANGING, isAlwaysChanging } from '../always-changing.js';
import { count, milliseconds, share } from '../finding.js';
import { patternRule } from '../rule.js';

const MOST_OUT_OF_DATE = 0.05;
const SEVERE = 0.25;
const FEWEST_CALLS = 100;

/** Values are served that their source no longer has: loads find others, at ages that entries reach. */
export const ttlTooLong = patternRule('ttl-too-long', (pattern) => {
  const ttl = steadyTtl(pattern);
  const outOfDate = ttl === undefined ? undefined : estimateAt(pattern.ttlCurve, ttl)?.outOfDate;
  if (ttl === undefined || outOfDate === undefined) return undefined;
  if (pattern.calls < FEWEST_CALLS || outOfDate < MOST_OUT_OF_DATE) return undefined;
  return {
    severity: outOfDate < SEVERE || isAlwaysChanging(pattern) ? 'medium' : 'high',
    patterns: [pattern.pattern],
    summary: `About ${percent(outOfDate)} of the hits give a value that its source no longer has.`,
    evidence: [
      milliseconds('ttl', ttl),
      share('hits out of date at this ttl', outOfDate),
      count('values loaded again', pattern.reloads.count),
      count('of which had changed, though nobody had said so', pattern.reloads.changed),
    ],
    advice: [shorter(pattern, ttl), toldOrNot(pattern), ...(isAlwaysChanging(pattern) ? [ALWAYS_CHANGING] : [])].join(
      ' ',
    ),
  };
});

function shorter({ ttlCurve }: PatternStats, ttl: number): string {
  const better = ttlCurve.findLast((each) => each.ttl < ttl && (each.outOfDate ?? 1) < MOST_OUT_OF_DATE);
  const [shortest] = ttlCurve;
  if (shortest === undefined || ttl <= shortest.ttl) return 'Shorter ttls were not tried.';
  if (better === undefined)
    return `Even with a ttl of a second ${percent(shortest.outOfDate ?? 1)} of the hits would be out of date.`;
  return (
    `With a ttl of ${durationOption(better.ttl)} ${percent(better.outOfDate ?? 0)} of the hits would be out of date, ` +
    `and ${percent(better.hitRatio)} of the calls hits; \`staleWhileRevalidate\` spares callers the wait, where an older value will do.`
  );
}

function toldOrNot(pattern: PatternStats): string {
  return isToldOfWrites(pattern)
    ? 'Some writes are not announced: look for those that change it without `@InvalidatesCache`, in other programs too.'
    : 'Where your own code changes it, declare that with `@InvalidatesCache`, and the ttl may stay.';
}
