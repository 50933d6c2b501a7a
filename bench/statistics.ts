export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(numbers: readonly number[]): Spread {
  const ascending = [...numbers].sort((one, other) => one - other);
  const middle = (ascending.length - 1) / 2;
  const median = ((ascending[Math.floor(middle)] ?? NaN) + (ascending[Math.ceil(middle)] ?? NaN)) / 2;
  return { median, min: ascending[0] ?? NaN, max: ascending.at(-1) ?? NaN };
}

export function medianOf(numbers: readonly number[]): number {
  return spreadOf(numbers).median;
}

/** How much more one series has than the other, index by index: what was measured together is compared. */
export function ratiosOf(series: readonly number[], base: readonly number[]): number[] {
  return series.map((number, index) => number / (base[index] ?? NaN));
}

/** The least number that is not exceeded by `share` of them; `NaN` where there are none. */
export function percentile(numbers: Float64Array, share: number): number {
  const ascending = numbers.toSorted();
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? NaN;
}
