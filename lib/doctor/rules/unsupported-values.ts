import { RARE } from '../figures.js';
import { count, share } from '../finding.js';
import { patternRule } from '../rule.js';

/** Values come that the store cannot keep as they are: every call loads. */
export const unsupportedValues = patternRule('unsupported-values', ({ pattern, unsupportedFills, fills }) => {
  if (unsupportedFills === 0) return undefined;
  const part = unsupportedFills / (unsupportedFills + fills);
  return {
    severity: part < RARE ? 'low' : 'high',
    patterns: [pattern],
    summary:
      'Values come that the store could not give back as they are; they are not stored, and each call loads them anew.',
    evidence: [count('values that were not stored', unsupportedFills), share('of all', part)],
    advice:
      'Return plain data, give the serializer a codec for the class (docs/values.md), or, where such a value is not to be cached, say so with `storeIf`. The warning FRESHKEEP_VALUE_UNSUPPORTED names what it was.',
  };
});
