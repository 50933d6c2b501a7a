/** The value of the benchmarks in memory. */
export interface User {
  readonly id: number;
  readonly name: string;
}

export function makeUser(id: number): User {
  return { id, name: `user ${id}` };
}
