import { RARE } from '../figures.js';
import { count, share } from '../finding.js';
import { patternRule } from '../rule.js';

/** A function given as an option throws, or returns what it must not. */
export const failingOptions = patternRule('failing-options', ({ pattern, failedOptions, fills, unwantedFills }) => {
  if (failedOptions === 0) return undefined;
  const part = failedOptions / (failedOptions + fills + unwantedFills);
  return {
    severity: part < RARE ? 'low' : 'medium',
    patterns: [pattern],
    summary: 'A function given as an option of the method fails; the values are served, and not stored.',
    evidence: [count('failures', failedOptions), share('of all values', part)],
    advice: 'The event `option-failed` has the name of the option and the error.',
  };
});
