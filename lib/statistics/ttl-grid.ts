const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The ttls that are tried, in milliseconds: from a second to a week. */
export const TRIED_TTLS: readonly number[] = [
  1 * SECOND,
  5 * SECOND,
  15 * SECOND,
  1 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  1 * HOUR,
  3 * HOUR,
  12 * HOUR,
  1 * DAY,
  3 * DAY,
  7 * DAY,
];

/** One for each range of ages that ends with a ttl, and one for all that are older. */
export const AGE_BUCKETS = TRIED_TTLS.length + 1;

export function bucketOfAge(age: number): number {
  const bucket = TRIED_TTLS.findIndex((ttl) => age <= ttl);
  return bucket < 0 ? AGE_BUCKETS - 1 : bucket;
}
