/** What a call of a task may cost the source. */
type Loads = 'none' | 'one for each call';

/** Each has a file of its name in this folder. */
export const LOADS = {
  hit: 'none',
  list: 'none',
  'one-by-one': 'none',
  miss: 'one for each call',
  invalidation: 'none',
  'tag-invalidation': 'none',
} as const satisfies Record<string, Loads>;

export type TaskName = keyof typeof LOADS;

/**
 * A contender that loads where it should not, or that does not where it should, measures something else.
 * @throws Error
 */
export function checkLoads(task: TaskName, calls: number, loads: number): void {
  const expected = LOADS[task] === 'none' ? 0 : calls;
  if (loads !== expected)
    throw new Error(`Expected ${expected} loads in ${calls} calls of ${task}, there were ${loads}`);
}
