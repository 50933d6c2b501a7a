import type { Cache } from '../cache/cache.js';
import type { Explanation } from '../cache/explanation.js';
import type { InvalidationResult } from '../cache/invalidation-applier.js';
import { CacheError } from '../errors.js';
import type { CacheKey } from '../keys/cache-key.js';
import { checkTags } from '../keys/tag.js';
import type { CacheReports } from './cache-report.js';
import { redactExplanation } from './redact-explanation.js';
import { Refusal } from './refusal.js';
import { typedKey } from './typed-key.js';

/** What a user has typed into the page: a key or a tag, and what to do with it. */
export interface TypedName {
  readonly cache: Cache;
  readonly body: Readonly<Record<string, unknown>>;
  readonly reports: CacheReports;
}

/** What `POST invalidate` answers. */
export interface Invalidation {
  readonly result: InvalidationResult;
}

/** @throws Refusal */
export async function invalidateTyped({ cache, body, reports }: TypedName): Promise<Invalidation> {
  if ('key' in body === 'tag' in body) throw new Refusal(400, 'Expected either `key` or `tag`.');
  if ('tag' in body) return { result: await cache.invalidateTags(...tagsOf(body['tag'])) };
  return { result: await cache.invalidateScoped([keyOf(body, cache, reports)]) };
}

/** No value is shown, and keys and tags as `redactKeys` has them. @throws Refusal */
export async function explainTyped(
  { cache, body, reports }: TypedName,
  redactKeys: (key: string) => string,
): Promise<Explanation> {
  const explanation = await cache.explainScoped(keyOf(body, cache, reports));
  return redactExplanation(explanation, redactKeys);
}

function keyOf(body: TypedName['body'], cache: Cache, reports: CacheReports): CacheKey {
  return typedKey(body['key'], reports.of(cache).stats.patterns);
}

function tagsOf(tag: unknown): readonly string[] {
  try {
    return checkTags('tag', [tag]);
  } catch (error) {
    throw CacheError.is(error) ? new Refusal(400, `${error.message}.`) : error;
  }
}
