import type { Explanation } from '../cache/explanation.js';
import type { TierReport } from '../entry/tier-report.js';
import { describeThrown } from '../errors.js';

/** All keys and tags as `redact` has them, also where a sentence holds one; what was thrown becomes a sentence. */
export function redactExplanation(explanation: Explanation, redact: (key: string) => string): Explanation {
  const { key, reason, tiers, queued } = explanation;
  const names = queued === undefined || queued === 'all' ? [] : [...queued.keys, ...queued.tags];
  const tags = tiers.flatMap(({ entry }) => entry?.tags.map(({ name }) => name) ?? []);
  const known = [...new Set([key, ...tags, ...names])].sort((one, other) => other.length - one.length);
  const within = (text: string) => known.reduce((sum, name) => sum.replaceAll(name, () => redact(name)), text);
  return {
    ...explanation,
    key: redact(key),
    reason: within(reason),
    tiers: tiers.map((tier) => redactTier(tier, redact, within)),
    ...(queued === undefined || queued === 'all'
      ? {}
      : { queued: { keys: queued.keys.map(redact), tags: queued.tags.map(redact) } }),
  };
}

function redactTier(tier: TierReport, redact: (key: string) => string, within: (text: string) => string): TierReport {
  const { entry, notUsed, unreadable } = tier;
  return {
    ...tier,
    ...(notUsed === undefined ? {} : { notUsed: within(notUsed) }),
    ...(unreadable === undefined ? {} : { unreadable: within(describeThrown(unreadable)) }),
    ...(entry && { entry: { ...entry, tags: entry.tags.map((tag) => ({ ...tag, name: redact(tag.name) })) } }),
  };
}
