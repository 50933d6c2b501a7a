import assert from 'node:assert/strict';

import { Cached, configureCache, InvalidatesCache, key, MemoryStore, withCacheBypassed } from 'freshkeep';
import sinon from 'sinon';

interface Prices {
  load(product: string): Promise<number>;
  save(product: string, price: number): Promise<void>;
}

// The service under test. It knows nothing of tests, and where entries are kept is no business of its own.
const priceKey = (product: string) => key`price:${product}`;

class PriceService {
  readonly #prices: Prices;

  constructor(prices: Prices) {
    this.#prices = prices;
  }

  @Cached({ key: priceKey, ttl: '10m' })
  async find(product: string): Promise<number> {
    return this.#prices.load(product);
  }

  @InvalidatesCache(priceKey)
  async change(product: string, price: number): Promise<void> {
    await this.#prices.save(product, price);
  }
}

/** Fake time and a new, empty cache in memory; no Redis, no pause. In mocha: `beforeEach`. */
function setUp() {
  const clock = sinon.useFakeTimers(); // before any entry is stored
  configureCache({ store: new MemoryStore() });
  const prices = { load: sinon.stub<[string], Promise<number>>().resolves(5), save: sinon.stub().resolves() };
  return { clock, prices, service: new PriceService(prices) };
}

async function test(title: string, body: (fixture: ReturnType<typeof setUp>) => Promise<void>): Promise<void> {
  const fixture = setUp();
  try {
    await body(fixture);
    console.log(`✔ ${title}`);
  } finally {
    fixture.clock.restore(); // in mocha: `afterEach`
  }
}

await test('loads a price once', async ({ service, prices }) => {
  await Promise.all([service.find('tea'), service.find('tea')]);
  assert.equal(await service.find('tea'), 5);
  assert.equal(prices.load.callCount, 1);
});

await test('loads it again when ten minutes are over, to the millisecond', async ({ service, prices, clock }) => {
  await service.find('tea');
  clock.tick(10 * 60_000 - 1);
  await service.find('tea');
  assert.equal(prices.load.callCount, 1);
  clock.tick(1);
  await service.find('tea');
  assert.equal(prices.load.callCount, 2);
});

await test('finds the new price after a change', async ({ service, prices }) => {
  await service.find('tea');
  prices.load.resolves(6);
  await service.change('tea', 6);
  assert.equal(await service.find('tea'), 6);
});

await test('keeps the entry when a change fails', async ({ service, prices }) => {
  await service.find('tea');
  prices.save.rejects(new Error('read-only'));
  await assert.rejects(service.change('tea', 6), /read-only/);
  await service.find('tea');
  assert.equal(prices.load.callCount, 1);
});

await test('can be tested without the cache as well', async ({ service, prices }) => {
  await withCacheBypassed(async () => {
    await service.find('tea');
    await service.find('tea');
  });
  assert.equal(prices.load.callCount, 2);
});
