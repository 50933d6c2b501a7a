import { CacheKey, MAX_KEY_BYTES } from '../keys/cache-key.js';
import type { PatternStats } from '../statistics/pattern-stats.js';
import { OTHER_PATTERNS } from '../statistics/tallies.js';
import { Refusal } from './refusal.js';

/**
 * The key whose whole text, scope included, a user has typed. Its pattern is found among those that were counted, so that none is
 * counted that nobody has declared.
 * @throws Refusal
 */
export function typedKey(text: unknown, counted: readonly PatternStats[]): CacheKey {
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > MAX_KEY_BYTES) {
    throw new Refusal(400, `Expected \`key\` to be a string of 1 to ${MAX_KEY_BYTES} bytes.`);
  }
  const pattern = counted.find((each) => fits(text, each.pattern))?.pattern;
  return CacheKey.of(pattern ?? OTHER_PATTERNS, text);
}

/**
 * A scope stands before the key, and in no pattern. What is in parentheses is within a part, whatever it looks like; a
 * semicolon ends a part where the pattern goes on with what might stand in one.
 */
function fits(text: string, pattern: string): boolean {
  const unscoped = text.replace(/^@[^:]*:/, '');
  const short = unscoped.replace(/~sha256-[0-9a-f]{64}$/, '');
  if (short !== unscoped) return short === pattern.replaceAll('{}', '*');
  const parts = partsOf(unscoped.replace(/\(.*\)/s, ''), pattern.split('{}'));
  return parts?.every((part) => /^[\w.%~-]*;?$/.test(part)) === true;
}

/** What stands in `text` between these literals, of which the first is its beginning and the last its end. */
function partsOf(text: string, [first = '', ...literals]: readonly string[]): string[] | undefined {
  if (!text.startsWith(first)) return undefined;
  const last = literals.pop();
  if (last === undefined) return text === first ? [] : undefined;
  const parts: string[] = [];
  let at = first.length;
  for (const literal of literals) {
    const next = text.indexOf(literal, at);
    if (next < 0) return undefined;
    parts.push(text.slice(at, next));
    at = next + literal.length;
  }
  if (!text.endsWith(last) || text.length - last.length < at) return undefined;
  return [...parts, text.slice(at, text.length - last.length)];
}
