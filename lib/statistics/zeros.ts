/** So many numbers, all 0. Not a typed array: one of so few takes twice as much memory, and there are some for each pattern. */
export function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
