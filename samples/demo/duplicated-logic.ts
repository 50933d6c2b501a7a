import { setTimeout as pause } from 'node:timers/promises';

import { Cached, InvalidatesCache, key } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const ROUNDS = 22;
const READS_EVERY = 20;
const CHANGES_EVERY = 5;
const LATENCY = 15;

interface Slot {
  readonly row: Row;
  readonly expiresAt: number;
}

/** The first copy of the cache logic. */
class ShopByHand {
  readonly cache = new Map<string, Slot>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(id: string): Promise<Row> {
    const known = this.cache.get(id);
    if (known !== undefined && Date.now() < known.expiresAt) return known.row;
    const row = await this.#source.load(id);
    // Meant as seconds.
    this.cache.set(id, { row, expiresAt: Date.now() + 10 });
    return row;
  }

  async change(id: string): Promise<void> {
    await this.#source.write(id);
    this.cache.delete(id);
  }
}

/** The second copy, in another team's code: it has the unit right, and never hears of a change. */
class NewsletterByHand {
  readonly cache = new Map<string, Slot>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(id: string): Promise<Row> {
    const known = this.cache.get(id);
    if (known !== undefined && Date.now() < known.expiresAt) return known.row;
    const row = await this.#source.load(id);
    this.cache.set(id, { row, expiresAt: Date.now() + 60_000 });
    return row;
  }
}

const productKey = (id: string) => key`product:${id}`;

/** Shop and newsletter call the same method; there is no second place in which to say it differently. */
class Products {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  @Cached(productKey, '1m')
  async find(id: string): Promise<Row> {
    return this.#source.load(id);
  }

  @InvalidatesCache(productKey)
  async change(id: string): Promise<void> {
    await this.#source.write(id);
  }
}

export const duplicatedLogic: Pitfall = {
  title: 'Duplicated cache logic',
  story: `shop and newsletter read one product ${ROUNDS} times; it changes after every ${CHANGES_EVERY}`,
  byHand: async () => {
    const source = new Source({ latency: LATENCY });
    const shop = new ShopByHand(source);
    const newsletter = new NewsletterByHand(source);
    return play(source, shop, newsletter, () => shop.cache.size + newsletter.cache.size);
  },
  withFreshkeep: async () => {
    const store = configureFreshCache();
    const source = new Source({ latency: LATENCY });
    const products = new Products(source);
    return play(source, products, products, () => store.size);
  },
};

async function play(
  source: Source,
  shop: Pick<Products, 'find' | 'change'>,
  newsletter: Pick<Products, 'find'>,
  kept: () => number,
): Promise<Measurement> {
  const observation = new Observation(source);
  for (let round = 1; round <= ROUNDS; round += 1) {
    await observation.call('lamp', () => shop.find('lamp'));
    await observation.call('lamp', () => newsletter.find('lamp'));
    await pause(READS_EVERY);
    if (round % CHANGES_EVERY !== 0) continue;
    await shop.change('lamp');
    observation.written('lamp');
  }
  return observation.measured(kept());
}
