import type { CacheStats, EntriesPoint, MemoryStats } from '../../cache/cache-stats.js';
import type { PatternStats } from '../../statistics/pattern-stats.js';
import { estimateAt, longestTtl, percent } from '../figures.js';
import { count, share, type Symptom } from '../finding.js';
import type { Rule } from '../rule.js';

const LEAST_GAIN = 0.05;
const ENOUGH = 0.9;
const FEWEST_EVICTIONS = 100;

/** More entries in the memory of this process would give clearly more hits. */
export const l1TooSmall: Rule = {
  name: 'l1-too-small',
  check: ({ memory, patterns }) => {
    if (memory === undefined || memory.evictions < FEWEST_EVICTIONS) return [];
    const symptom = byCurve(memory) ?? byWhatEntriesLived(memory, patterns);
    return symptom === undefined ? [] : [symptom];
  },
};

function byCurve(memory: MemoryStats): Symptom | undefined {
  const { maxEntries, entriesCurve } = memory;
  const present = entriesCurve.findLast((point) => point.maxEntries <= maxEntries)?.hitRatio ?? 0;
  const better = betterBound(memory, present);
  if (better === undefined) return undefined;
  return symptomOf(memory, better.hitRatio - present, {
    evidence: share(`answered from memory with ${better.maxEntries} entries`, better.hitRatio),
    advice: `Give the \`MemoryStore\` \`maxEntries: ${better.maxEntries}\`, if the memory is there.`,
  });
}

function betterBound({ maxEntries, entriesCurve }: MemoryStats, present: number): EntriesPoint | undefined {
  const larger = entriesCurve.filter((point) => point.maxEntries > maxEntries);
  const gain = Math.max(0, ...larger.map(({ hitRatio }) => hitRatio)) - present;
  if (gain < LEAST_GAIN) return undefined;
  return larger.find(({ hitRatio }) => hitRatio >= present + ENOUGH * gain);
}

/** Where there are hardly any hits, there is no curve: then what their ttls would have given tells what was lost. */
function byWhatEntriesLived(memory: MemoryStats, patterns: CacheStats['patterns']): Symptom | undefined {
  const calls = patterns.reduce((sum, pattern) => sum + pattern.calls, 0);
  const lost = patterns.reduce((sum, pattern) => sum + lostHits(pattern), 0) / Math.max(1, calls);
  if (memory.entriesCurve.length > 0 || lost < LEAST_GAIN) return undefined;
  const keys = patterns.reduce((sum, pattern) => sum + pattern.estimates.keys, 0);
  return symptomOf(memory, lost, {
    evidence: count('different keys', keys),
    advice: `Give the \`MemoryStore\` a larger \`maxEntries\`: nothing gives way where there is room for all ${Math.round(keys)} keys.`,
  });
}

function lostHits(pattern: PatternStats): number {
  const ttl = longestTtl(pattern);
  const possible = ttl === undefined ? undefined : estimateAt(pattern.ttlCurve, ttl)?.hitRatio;
  return Math.max(0, (possible ?? 0) * pattern.calls - pattern.localHits - pattern.sharedHits);
}

function symptomOf(
  { maxEntries, evictions }: MemoryStats,
  gain: number,
  { evidence, advice }: { evidence: Symptom['evidence'][number]; advice: string },
): Symptom {
  return {
    severity: 'medium',
    patterns: [],
    summary: `Entries give way to others before they are read again: with more room ${percent(gain)} more of the calls would be answered from memory.`,
    evidence: [count('entries at most', maxEntries), count('entries that gave way', evictions), evidence],
    advice,
  };
}
