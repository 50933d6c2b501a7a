import type { PatternStats } from '../../statistics/pattern-stats.js';
import { ALWAYS_CHANGING, isAlwaysChanging } from '../always-changing.js';
import { changedShare, estimateAt, isToldOfWrites, percent, steadyTtl } from '../figures.js';
import { count, share } from '../finding.js';
import { patternRule } from '../rule.js';

/** Fewer may be a value that was corrected once. */
const FEWEST_CHANGED = 3;
const LEAST_SHARE = 0.05;
/** Of the hits: where methods are known that may write, and where a short ttl may be all that can be done about what changes elsewhere. */
const LEAST_OUT_OF_DATE = { 'by known writers': 0.01, elsewhere: 0.05 };

/** Values change, and nobody ever tells the cache. */
export const noInvalidation = patternRule('no-invalidation', (pattern) => {
  const { reloads } = pattern;
  if (isToldOfWrites(pattern) || reloads.changed < FEWEST_CHANGED || changedShare(pattern) < LEAST_SHARE)
    return undefined;
  const writers = [...new Set(pattern.fillers.flatMap((filler) => filler.silentWriters ?? []))];
  const outOfDate = outOfDateShare(pattern);
  if (outOfDate < LEAST_OUT_OF_DATE[writers.length > 0 ? 'by known writers' : 'elsewhere']) return undefined;
  return {
    severity: writers.length > 0 ? 'high' : 'medium',
    patterns: [pattern.pattern],
    summary: `Values change, and nothing ever invalidates them: of those loaded again ${percent(changedShare(pattern))} had changed.`,
    evidence: [
      count('values loaded again', reloads.count),
      count('of which had changed', reloads.changed),
      count('invalidations of this pattern', pattern.invalidations),
      share('changed', changedShare(pattern)),
      share('hits out of date at the ttl in use', outOfDate),
    ],
    advice: isAlwaysChanging(pattern) ? `${adviceFor(writers)} ${ALWAYS_CHANGING}` : adviceFor(writers),
  };
});

/** Of the hits; 0 where too little is known. */
function outOfDateShare(pattern: PatternStats): number {
  const ttl = steadyTtl(pattern);
  return (ttl === undefined ? undefined : estimateAt(pattern.ttlCurve, ttl)?.outOfDate) ?? 0;
}

function adviceFor(writers: readonly string[]): string {
  const where =
    writers.length === 0
      ? 'Put `@InvalidatesCache` with the same key on every method that changes these values'
      : `Put \`@InvalidatesCache\` with the same key on ${writers.join(', ')}, if that is what changes these values`;
  return `${where}; where another program does, only a shorter ttl helps.`;
}
