import { Cached } from 'freshkeep';

import { Observation, type Measurement } from './observation.js';
import { configureFreshCache, type Pitfall } from './pitfall.js';
import { Source, type Row } from './source.js';

const CALLERS = 200;
const LATENCY = 40;

class ProductsByHand {
  readonly cache = new Map<string, Row>();
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async find(id: string): Promise<Row> {
    const known = this.cache.get(id);
    if (known !== undefined) return known;
    // Until the first load ends, everybody else comes by here too.
    const row = await this.#source.load(id);
    this.cache.set(id, row);
    return row;
  }
}

class Products {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  @Cached('product:{0}', '1m')
  async find(id: string): Promise<Row> {
    return this.#source.load(id);
  }
}

export const stampede: Pitfall = {
  title: 'Stampede',
  story: `${CALLERS} callers ask for one cold key at once; the source has 10 connections`,
  byHand: async () => {
    const source = new Source({ latency: LATENCY });
    const products = new ProductsByHand(source);
    return play(source, products, () => products.cache.size);
  },
  withFreshkeep: async () => {
    const store = configureFreshCache();
    const source = new Source({ latency: LATENCY });
    return play(source, new Products(source), () => store.size);
  },
};

async function play(source: Source, products: Pick<Products, 'find'>, kept: () => number): Promise<Measurement> {
  const observation = new Observation(source);
  const callers = Array.from({ length: CALLERS }, () => observation.call('lamp', () => products.find('lamp')));
  await Promise.all(callers);
  return observation.measured(kept());
}
