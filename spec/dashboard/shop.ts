import { setTimeout as pause } from 'node:timers/promises';

import { createCache, key, type Cache, type Store } from 'freshkeep';

import { seededRandom } from '../support/random.js';
import { zipf } from '../support/zipf.js';

const stockKey = (product: number) => key`stock:${product}`;

/** How many callers wait for the front page at a time. */
const CROWD = 20;

/** Methods of a shop that are cached in different ways, well and badly, and its customers. */
export class Shop {
  readonly cache: Cache;
  readonly #random = seededRandom(7);
  readonly #draw = {
    user: zipf(600, this.#random),
    product: zipf(200, this.#random),
    query: zipf(5_000, this.#random),
  };
  readonly #methods: ReturnType<typeof methodsOf>;
  #sold = 0;

  constructor(store: Store, name = 'shop') {
    this.cache = createCache({ store, name });
    this.#methods = methodsOf(this.cache, this.#random, () => this.#sold);
  }

  /** Customers, so many at a time, for so many milliseconds. */
  async open(milliseconds: number, customers = 4): Promise<void> {
    const until = Date.now() + milliseconds;
    const again = async (visit: () => Promise<unknown>, everyMs: number) => {
      while (Date.now() < until) {
        await visit();
        await pause(everyMs * (0.5 + this.#random()));
      }
    };
    await Promise.all([
      ...Array.from({ length: customers }, () => again(() => this.#visit(), 6)),
      again(() => this.#sell(), 60),
      again(() => Promise.all(Array.from({ length: CROWD }, () => this.#methods.frontPage('en'))), 40),
    ]);
  }

  async #visit(): Promise<void> {
    const { findUser, findProduct, priceOf, stockOf, search, report } = this.#methods;
    const product = this.#draw.product();
    await findUser(this.#draw.user());
    await Promise.all([findProduct(product), priceOf(product), stockOf(product)]);
    if (this.#random() < 0.3) await search(String(this.#draw.query()));
    if (this.#random() < 0.1) await report('2026');
  }

  /** What is sold changes the stock. */
  async #sell(): Promise<void> {
    this.#sold += 1;
    await this.cache.invalidate(stockKey(this.#draw.product()));
  }
}

function methodsOf(cache: Cache, random: () => number, sold: () => number) {
  const source = async (from: number, to: number) => pause(from + random() ** 3 * (to - from));
  const findUser = async (id: number) => {
    await source(3, 20);
    return { id, name: `User ${id}`, about: 'x'.repeat(200) };
  };
  const findProduct = async (id: number) => {
    await source(5, 40);
    return { id, title: `Product ${id}`, description: 'x'.repeat(900) };
  };
  const priceOf = async (id: number) => {
    await source(8, 60);
    return { id, cents: 100 * id + Math.floor(Date.now() / 7_000 + id / 7) };
  };
  const stockOf = async (id: number) => {
    await source(2, 12);
    return { id, left: 1_000 - sold() };
  };
  const search = async (query: string) => {
    await source(20, 180);
    return Array.from({ length: 20 }, (_, index) => ({ query, index }));
  };
  const frontPage = async (locale: string) => {
    await source(60, 90);
    return { locale, at: Date.now() };
  };
  const report = async (year: string) => {
    await source(250, 600);
    return { year, rows: Array.from({ length: 50 }, (_, row) => row * 3) };
  };
  return {
    findUser: cache.wrap(findUser, { key: 'user:{0}', ttl: '1m', staleWhileRevalidate: '10m' }),
    findProduct: cache.wrap(findProduct, { key: 'product:{0}', ttl: '15s', tags: ['products'] }),
    priceOf: cache.wrap(priceOf, { key: 'price:{0}', ttl: '4s', staleWhileRevalidate: '30s' }),
    stockOf: cache.wrap(stockOf, { key: stockKey, ttl: '5m' }),
    search: cache.wrap(search, { key: 'search:{0}', ttl: '5m' }),
    frontPage: cache.wrap(frontPage, { key: 'front-page:{0}', ttl: '1s' }),
    report: cache.wrap(report, { key: 'report:{0}', ttl: '2s', staleWhileRevalidate: '1h' }),
  };
}
