import { setTimeout as pause } from 'node:timers/promises';

import { Cached, InvalidatesCache, key } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const WRITES = 10;
const WRITES_EVERY = 40;
const READERS = 5;
const READS_EVERY = 5;
const LATENCY = 10;

class PricesByHand {
  readonly cache = new Map<string, Row>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(id: string): Promise<Row> {
    const known = this.cache.get(id);
    if (known !== undefined) return known;
    const row = await this.#source.load(id);
    this.cache.set(id, row);
    return row;
  }

  async change(id: string): Promise<void> {
    await this.#source.write(id);
  }
}

const priceKey = (id: string) => key`price:${id}`;

class Prices {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  @Cached(priceKey, '1m')
  async find(id: string): Promise<Row> {
    return this.#source.load(id);
  }

  /** Also a load that is under way now, with the old price in its hands, will not be stored. */
  @InvalidatesCache(priceKey)
  async change(id: string): Promise<void> {
    await this.#source.write(id);
  }
}

export const noInvalidation: Pitfall = {
  title: 'No invalidation on writes',
  story: `${READERS} readers of one price while it is changed ${WRITES} times`,
  byHand: async () => {
    const source = new Source({ latency: LATENCY });
    const prices = new PricesByHand(source);
    return play(source, prices, () => prices.cache.size);
  },
  withFreshkeep: async () => {
    const store = configureFreshCache();
    const source = new Source({ latency: LATENCY });
    return play(source, new Prices(source), () => store.size);
  },
};

async function play(source: Source, prices: Pick<Prices, 'find' | 'change'>, kept: () => number): Promise<Measurement> {
  const observation = new Observation(source);
  const over = new AbortController();
  const readers = Array.from({ length: READERS }, async () => {
    while (!over.signal.aborted) {
      await observation.call('lamp', () => prices.find('lamp'));
      await pause(READS_EVERY);
    }
  });
  for (let write = 1; write <= WRITES; write += 1) {
    await prices.change('lamp');
    observation.written('lamp');
    await pause(WRITES_EVERY);
  }
  over.abort();
  await Promise.all(readers);
  return observation.measured(kept());
}
