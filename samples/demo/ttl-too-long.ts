import { setTimeout as pause } from 'node:timers/promises';

import { Cached } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const CHANGES = 5;
const CHANGES_EVERY = 100;
const READS_EVERY = 8;
const LATENCY = 10;
/** Timers and clocks are a little late. */
const MARGIN = 5;

/** A rate says until when it holds. */
interface Rate extends Row {
  readonly validUntil: number;
}

/** Somebody else's rates: they change by the clock, and nobody tells this service. */
class RateBoard {
  readonly source = new Source({ latency: LATENCY });
  #nextChange = performance.now() + CHANGES_EVERY;

  async load(id: string): Promise<Rate> {
    const validUntil = this.#nextChange;
    return { ...(await this.source.load(id)), validUntil };
  }

  async change(id: string): Promise<void> {
    await pause(this.#nextChange - performance.now() - LATENCY);
    await this.source.write(id);
    this.#nextChange = performance.now() + CHANGES_EVERY;
  }
}

class RatesByHand {
  readonly cache = new Map<string, { readonly rate: Rate; readonly expiresAt: number }>();
  readonly #board: RateBoard;

  constructor(board: RateBoard) {
    this.#board = board;
  }

  async find(id: string): Promise<Rate> {
    const known = this.cache.get(id);
    if (known !== undefined && Date.now() < known.expiresAt) return known.rate;
    const rate = await this.#board.load(id);
    // "A minute will do."
    this.cache.set(id, { rate, expiresAt: Date.now() + 60_000 });
    return rate;
  }
}

class Rates {
  readonly #board: RateBoard;

  constructor(board: RateBoard) {
    this.#board = board;
  }

  @Cached({ key: 'rate:{0}', ttl: (rate: Rate) => `${Math.max(0, Math.floor(timeLeft(rate)))}ms` })
  async find(id: string): Promise<Rate> {
    return this.#board.load(id);
  }
}

function timeLeft({ validUntil }: Rate): number {
  return validUntil - performance.now() - MARGIN;
}

export const ttlTooLong: Pitfall = {
  title: 'TTL too long',
  story: `a rate changes every ${CHANGES_EVERY} ms and says so; by hand it is kept for a minute`,
  byHand: async () => {
    const board = new RateBoard();
    const rates = new RatesByHand(board);
    return play(board, rates, () => rates.cache.size);
  },
  withFreshkeep: async () => {
    const store = configureFreshCache();
    const board = new RateBoard();
    return play(board, new Rates(board), () => store.size);
  },
};

async function play(board: RateBoard, rates: Pick<Rates, 'find'>, kept: () => number): Promise<Measurement> {
  const observation = new Observation(board.source);
  const over = new AbortController();
  const reader = (async () => {
    while (!over.signal.aborted) {
      await observation.call('EUR', () => rates.find('EUR'));
      await pause(READS_EVERY);
    }
  })();
  for (let change = 1; change <= CHANGES; change += 1) {
    await board.change('EUR');
    observation.written('EUR');
  }
  over.abort();
  await reader;
  return observation.measured(kept());
}
