import { expect } from 'chai';
import { createCache, key, MemoryStore, type EntriesPoint } from 'freshkeep';
import sinon, { type SinonFakeTimers } from 'sinon';

import { describeInOneDialect } from '../support/dialect.js';
import { seededRandom } from '../support/random.js';
import { zipf } from '../support/zipf.js';

const BOUND = 500;
const CALLS = 60_000;

interface Traffic {
  readonly keys: number;
  /** In calls, of which one comes in each millisecond. */
  readonly ttl: number;
  /** One in so many calls is a write that invalidates its key; 0: none. */
  readonly writes: number;
  /** One in so many calls is for a key that never comes again; 0: none. */
  readonly once: number;
}

interface Call {
  readonly id: number;
  readonly isWrite: boolean;
}

function callsOf({ keys, writes, once }: Traffic, seed: number): Call[] {
  const random = seededRandom(seed);
  const draw = zipf(keys, random);
  return Array.from({ length: CALLS }, (_, call) => ({
    id: once > 0 && random() < 1 / once ? keys + call : draw(),
    isWrite: writes > 0 && random() < 1 / writes,
  }));
}

/** The hit ratio with this bound: every call looked at. */
function simulate({ ttl }: Traffic, calls: readonly Call[], maxEntries: number): number {
  const entries = new Map<number, number>();
  let [reads, hits] = [0, 0];
  for (const [at, { id, isWrite }] of calls.entries()) {
    const until = entries.get(id);
    if (isWrite) {
      entries.delete(id);
      continue;
    }
    reads += 1;
    if (until !== undefined && at < until) hits += 1;
    entries.delete(id);
    entries.set(id, until !== undefined && at < until ? until : at + ttl);
    if (entries.size > maxEntries) entries.delete(first(entries));
  }
  return hits / reads;
}

function first(entries: ReadonlyMap<number, number>): number {
  const [key = NaN] = entries.keys();
  return key;
}

describeInOneDialect('What other bounds of a store in memory would have given', () => {
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
    // Which hits are looked at is chance, but the same in each run.
    sinon.stub(Math, 'random').callsFake(seededRandom(9));
  });

  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  async function estimate(traffic: Traffic, calls: readonly Call[]): Promise<readonly EntriesPoint[]> {
    const cache = createCache({ store: new MemoryStore({ maxEntries: BOUND }) });
    const find = cache.wrap(async (id: number) => id, { key: 'user:{0}', ttl: traffic.ttl / 1_000 });
    for (const { id, isWrite } of calls) {
      if (isWrite) await cache.invalidate(key`user:${id}`);
      else await find(id);
      clock.tick(1);
    }
    const { memory } = cache.stats();
    expect(memory).to.include({ entries: BOUND, maxEntries: BOUND });
    return memory?.entriesCurve ?? [];
  }

  const plain = { keys: 5_000, ttl: 10 * CALLS, writes: 0, once: 0 };
  const traffics: readonly (readonly [string, Traffic])[] = [
    ['keys that are called in proportion to their rank', plain],
    ['entries that run out', { ...plain, ttl: 8_000 }],
    ['writes', { ...plain, keys: 2_500, writes: 10 }],
    ['keys that never come again', { ...plain, keys: 1_500, once: 3 }],
  ];

  for (const [title, traffic] of traffics) {
    it(`is what a full simulation says, within 3 points on average, with ${title}`, async () => {
      const errors: number[] = [];
      for (const seed of [1, 2]) {
        const calls = callsOf(traffic, seed);
        for (const { maxEntries, hitRatio } of await estimate(traffic, calls)) {
          errors.push(Math.abs(hitRatio - simulate(traffic, calls, maxEntries)));
        }
      }
      expect(errors).to.have.length(16);
      expect(errors.reduce((one, other) => one + other) / errors.length).to.be.below(0.03);
    });
  }
});
