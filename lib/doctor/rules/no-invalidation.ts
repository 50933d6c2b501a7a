import type { PatternStats } from '../../statistics/pattern-stats.js';
import { changedShare, estimateAt, isToldOfWrites, percent, usualTtl } from '../figures.js';
import { count, share } from '../finding.js';
import { patternRule } from '../rule.js';

/** Fewer may be a value that was corrected once. */
const FEWEST_CHANGED = 3;
const LEAST_SHARE = 0.05;
const LEAST_OUT_OF_DATE = 0.01;

/** Values change, and nobody ever tells the cache. */
export const noInvalidation = patternRule('no-invalidation', (pattern) => {
  const { reloads } = pattern;
  if (isToldOfWrites(pattern) || reloads.changed < FEWEST_CHANGED || changedShare(pattern) < LEAST_SHARE)
    return undefined;
  if (expectedOutOfDate(pattern) < LEAST_OUT_OF_DATE) return undefined;
  const writers = [...new Set(pattern.fillers.flatMap((filler) => filler.silentWriters ?? []))];
  return {
    severity: writers.length > 0 ? 'high' : 'medium',
    patterns: [pattern.pattern],
    summary: `Values change, and nothing ever invalidates them: of those loaded again ${percent(changedShare(pattern))} had changed.`,
    evidence: [
      count('values loaded again', reloads.count),
      count('of which had changed', reloads.changed),
      count('invalidations of this pattern', pattern.invalidations),
      share('changed', changedShare(pattern)),
    ],
    advice: adviceFor(writers),
  };
});

/** As far as it is known: it takes a number of loads before it is. */
function expectedOutOfDate(pattern: PatternStats): number {
  const ttl = usualTtl(pattern);
  return (ttl === undefined ? undefined : estimateAt(pattern.ttlCurve, ttl)?.outOfDate) ?? changedShare(pattern);
}

function adviceFor(writers: readonly string[]): string {
  const where =
    writers.length === 0
      ? 'Put `@InvalidatesCache` with the same key on every method that changes these values'
      : `Put \`@InvalidatesCache\` with the same key on ${writers.join(', ')}, if that is what changes these values`;
  return `${where}; where another program does, only a shorter ttl helps.`;
}
