import type { CacheStats } from '../../cache/cache-stats.js';
import { count } from '../finding.js';
import type { Rule } from '../rule.js';

const MINUTE = 60_000;
const FEWEST_DROPS = 5;
/** A process that has just begun to listen trusts nothing yet. In milliseconds. */
const BEGINNING = 5_000;

/** Copies in this process are there, and cannot be used. */
export const l1NotTrusted: Rule = {
  name: 'l1-not-trusted',
  check: (stats) => {
    const { health, events } = stats;
    const drops = events['copies-dropped'] ?? 0;
    const isUntrusted = health.l1 === 'not trusted' && stats.countedFor >= BEGINNING;
    const isOften = drops >= FEWEST_DROPS && drops > stats.countedFor / MINUTE;
    if (!isUntrusted && !isOften) return [];
    return [
      {
        severity: isUntrusted ? 'high' : 'medium',
        patterns: [],
        summary: isUntrusted
          ? 'The copies in this process are not used, as invalidations by others might not arrive: every call asks Redis.'
          : 'The copies in this process are dropped again and again, as invalidations by others may have been missed.',
        evidence: [count('times that all copies were dropped', drops), ...lagOf(health)],
        advice:
          'Look at the connection to Redis: the event `copies-dropped` has the reason, `store-failed` with the operation `bus` the error. A user of Redis needs the right to SUBSCRIBE to the channels of the prefix (docs/operations.md).',
      },
    ];
  },
};

function lagOf({ bus }: CacheStats['health']) {
  return typeof bus?.lag === 'number' ? [{ what: 'not certain for', value: bus.lag, unit: 'ms' as const }] : [];
}
