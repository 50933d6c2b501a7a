import { seededRandom } from '../spec/support/random.js';
import { shuffled } from './random.js';

/** What `play` yields for each of `contenders`, so often; they take turns, each time in a new order. */
export async function repeat<C, T>(
  contenders: readonly C[],
  repetitions: number,
  play: (contender: C) => Promise<T>,
): Promise<T[][]> {
  const random = seededRandom(7);
  const entrants = contenders.map((contender) => ({ contender, yields: [] as T[] }));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { contender, yields } of shuffled(entrants, random)) yields.push(await play(contender));
  }
  return entrants.map(({ yields }) => yields);
}
