import { seededRandom } from '../../spec/support/random.js';
import { shuffled } from '../random.js';
import type { Round } from './order.js';
import { Player, type Entrant } from './player.js';

export interface TurnsOptions {
  /** How often each contender is started anew. */
  readonly processes: number;
  /** Of each process. */
  readonly rounds: number;
  /** Before those. */
  readonly warmUpRounds: number;
}

/** The rounds of each entrant, one for each of its turns. Every round is in a new order, so that what else the machine does meets all alike. */
export async function takeTurns(entrants: readonly Entrant[], options: TurnsOptions): Promise<Round[][]> {
  const random = seededRandom(7);
  const played = entrants.map((): Round[] => []);
  for (let process = 0; process < options.processes; process += 1) {
    const rounds = await takeTurnsOnce(entrants, options, random);
    played.forEach((all, index) => all.push(...(rounds[index] ?? [])));
  }
  return played;
}

/** One process of each. */
async function takeTurnsOnce(
  entrants: readonly Entrant[],
  { rounds, warmUpRounds }: TurnsOptions,
  random: () => number,
): Promise<Round[][]> {
  const players: { readonly player: Player; readonly played: Round[] }[] = [];
  try {
    for (const entrant of entrants) players.push({ player: await Player.start(entrant), played: [] });
    for (let round = 0; round < warmUpRounds; round += 1) {
      for (const { player } of shuffled(players, random)) await player.warmUp();
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const { player, played } of shuffled(players, random)) played.push(await player.play());
    }
    return players.map(({ played }) => played);
  } finally {
    for (const { player } of players) await player.close();
  }
}
