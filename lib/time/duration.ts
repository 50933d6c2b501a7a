import { CacheError, describeValue } from '../errors.js';

type Unit = 'ms' | 's' | 'm' | 'h' | 'd';

/**
 * A length of time: a number is **seconds** (as Redis' `EX` and RFC 5861 count), a string carries its unit:
 * `'250ms'`, `'10s'`, `'5m'`, `'1.5h'`, `'7d'`.
 */
export type Duration = number | `${number}${Unit}`;

const MILLISECONDS: Readonly<Record<Unit, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TEXT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Longer than any entry lives, and short enough for every clock involved. */
const LONGEST = { milliseconds: 36_525 * MILLISECONDS.d, text: '100 years' };

export interface DurationBounds {
  /** Is `0` allowed? */
  readonly zero: boolean;
  /** The longest, where it is shorter than a hundred years. */
  readonly longest?: Duration;
}

/**
 * A duration in whole milliseconds. Rounded, but what is not zero never becomes zero.
 * @throws CacheError `ERR_CACHE_DURATION_INVALID` naming `option`, what was expected and what was given.
 */
export function toMilliseconds(option: string, duration: unknown, bounds: DurationBounds): number {
  const exact = parse(duration);
  const milliseconds = exact > 1 ? Math.round(exact) : Math.ceil(exact);
  const fits = exact > 0 || (bounds.zero && exact === 0);
  const longest = longestOf(bounds);
  if (fits && milliseconds <= longest.milliseconds) return milliseconds === 0 ? 0 : milliseconds;
  throw new CacheError(
    'ERR_CACHE_DURATION_INVALID',
    `Expected \`${option}\` to be ${bounds.zero ? 'zero or more' : 'more than zero'}, at most ${longest.text}, as seconds (60) ` +
      `or a string with a unit ('250ms', '10s', '5m', '1h', '7d'), got ${describeValue(duration)}`,
  );
}

function longestOf({ longest }: DurationBounds): typeof LONGEST {
  return longest === undefined ? LONGEST : { milliseconds: parse(longest), text: String(longest) };
}

function parse(duration: unknown): number {
  if (typeof duration === 'number') return duration * MILLISECONDS.s;
  const match = typeof duration === 'string' ? TEXT.exec(duration) : null;
  return match === null ? NaN : Number(match[1]) * MILLISECONDS[match[2] as Unit];
}
