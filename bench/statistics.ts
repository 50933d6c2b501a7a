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
