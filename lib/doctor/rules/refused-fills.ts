import { count, share } from '../finding.js';
import { percent } from '../figures.js';
import { patternRule } from '../rule.js';

const FEWEST = 20;
const LEAST_SHARE = 0.2;

/** Values are invalidated while they are being loaded, over and over. */
export const refusedFills = patternRule('refused-fills', ({ pattern, refusedFills: refused, fills, invalidations }) => {
  const part = refused / Math.max(1, refused + fills);
  if (refused < FEWEST || part < LEAST_SHARE) return undefined;
  return {
    severity: 'medium',
    patterns: [pattern],
    summary: `${percent(part)} of the loaded values are not stored, as they were invalidated during the load, or it took longer than \`maxLoad\`.`,
    evidence: [
      count('values that were not stored', refused),
      share('of all', part),
      count('invalidations by key', invalidations),
    ],
    advice:
      'Where loads take that long, lengthen `maxLoad`. Otherwise it is written about as often as it is loaded. Invalidate less at a time (a key in the place of a tag, or of `clear`), write in batches within `deferInvalidations`, use `@UpdatesCache` where the writer has the new value; or do not cache it.',
  };
});
