import type { MemoryStats } from '../../cache/cache-stats.js';
import { count, share } from '../finding.js';
import { percent } from '../figures.js';
import type { Rule } from '../rule.js';

const LEAST_GAIN = 0.05;
const ENOUGH = 0.9;

/** More entries in the memory of this process would give clearly more hits. */
export const l1TooSmall: Rule = {
  name: 'l1-too-small',
  check: ({ memory }) => {
    const better = memory === undefined || memory.evictions === 0 ? undefined : betterBound(memory);
    if (memory === undefined || better === undefined) return [];
    return [
      {
        severity: 'medium',
        patterns: [],
        summary: `Entries give way to others before they are read again: with more room ${percent(better.gain)} more of the calls would be answered from memory.`,
        evidence: [
          count('entries at most', memory.maxEntries),
          count('entries that gave way', memory.evictions),
          share(`answered from memory with ${better.maxEntries} entries`, better.hitRatio),
        ],
        advice: `Give the \`MemoryStore\` \`maxEntries: ${better.maxEntries}\`, if the memory is there.`,
      },
    ];
  },
};

function betterBound({
  maxEntries,
  entriesCurve,
}: MemoryStats): { maxEntries: number; hitRatio: number; gain: number } | undefined {
  const present = entriesCurve.findLast((point) => point.maxEntries <= maxEntries)?.hitRatio ?? 0;
  const larger = entriesCurve.filter((point) => point.maxEntries > maxEntries);
  const most = Math.max(0, ...larger.map(({ hitRatio }) => hitRatio)) - present;
  if (most < LEAST_GAIN) return undefined;
  const enough = larger.find(({ hitRatio }) => hitRatio >= present + ENOUGH * most);
  return enough === undefined ? undefined : { ...enough, gain: enough.hitRatio - present };
}
