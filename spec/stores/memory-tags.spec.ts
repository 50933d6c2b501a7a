import { expect } from 'chai';
import { createCache, key, MemoryStore, type Lifetime } from 'freshkeep';

import { MemoryTags } from '../../lib/stores/memory-tags.js';
import { MemoryTickets } from '../../lib/stores/memory-tickets.js';
import { collectGarbage } from '../support/garbage.js';
import { until } from '../support/until.js';
import { describeInOneDialect } from '../support/dialect.js';

const LONG: Lifetime = { ttl: 60_000, staleWhileRevalidate: 0 };
const MAX_LOAD = 10_000;
const REMEMBERED = 10_000;

function heapUsed(): number {
  for (let time = 1; time <= 3; time += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

// Collections of garbage take long beside other specs.
describeInOneDialect('The tags of a store in memory', () => {
  let store: MemoryStore;
  let tickets = 0;

  beforeEach(() => {
    store = new MemoryStore();
  });

  function load(
    name: string,
    { known = [], late = [] }: { known?: readonly string[]; late?: readonly string[] },
    meanwhile?: () => unknown,
  ): string {
    const ticket = `ticket ${(tickets += 1)}`;
    store.open(name, ticket, MAX_LOAD, { tags: known, mayGrow: late.length > 0 });
    meanwhile?.();
    return store.fill(name, ticket, store.seal(`value of ${name}`), { lifetime: LONG, tags: [...known, ...late] });
  }

  function invalidateOthers(count: number): void {
    for (let n = 0; n < count; n += 1) store.invalidate([], [`other ${n}`]);
  }

  it('answer at once, as all of the store does', () => {
    expect(load('k', { known: ['a'], late: ['b'] })).to.equal('filled');
    expect([...(store.read('k')?.tags ?? [])]).to.deep.equal(['a', 'b']);
    store.invalidate([], ['b']);
    expect(store.read('k')).to.equal(undefined);
  });

  describe('that become known with the value', () => {
    it(`are refused where as many as ${REMEMBERED} others were invalidated meanwhile: it may have been among those before`, () => {
      expect(
        load('fits', { late: ['a'] }, () => {
          invalidateOthers(REMEMBERED);
        }),
      ).to.equal('filled');
      expect(
        load('k', { late: ['a'] }, () => {
          invalidateOthers(REMEMBERED + 1);
        }),
      ).to.equal('refused');
      expect(store.read('k')).to.equal(undefined);
      expect(load('k', { late: ['a'] }), 'the next load').to.equal('filled');
    });

    it('are refused when they were the first of so many to be invalidated, and when they were the last', () => {
      const first = () => {
        store.invalidate([], ['a']);
        invalidateOthers(REMEMBERED);
      };
      const last = () => {
        invalidateOthers(REMEMBERED);
        store.invalidate([], ['a']);
      };
      for (const meanwhile of [first, last]) expect(load('k', { late: ['a'] }, meanwhile)).to.equal('refused');
    });

    it('are no matter of what was invalidated, and forgotten, before the load began', () => {
      invalidateOthers(REMEMBERED * 2);
      expect(load('k', { late: ['other 0', 'a'] })).to.equal('filled');
      expect(
        load('l', { late: ['a'] }, () => {
          store.invalidate([], ['other 0']);
        }),
      ).to.equal('filled');
    });

    it('are remembered by their latest invalidation: the earliest is forgotten first', () => {
      store.invalidate([], ['a']);
      invalidateOthers(REMEMBERED - 1);
      const again = () => {
        store.invalidate([], ['a']);
        store.invalidate([], ['one too many']);
      };
      expect(load('k', { late: ['a'] }, again)).to.equal('refused');
      store = new MemoryStore();
      store.invalidate([], ['a']);
      invalidateOthers(REMEMBERED - 1);
      expect(load('k', { late: ['never invalidated'] }, again)).to.equal('filled');
    });
  });

  it('that are known are never refused for the sake of others, however many', () => {
    expect(
      load('k', { known: ['a'] }, () => {
        invalidateOthers(REMEMBERED + 1);
      }),
    ).to.equal('filled');
    expect(
      load('l', { known: ['a'], late: ['a'] }, () => {
        invalidateOthers(REMEMBERED + 1);
      }),
    ).to.equal('filled');
  });

  it('of an entry that was evicted, or has expired, go on to work for others', () => {
    store = new MemoryStore({ maxEntries: 2 });
    for (const name of ['one', 'two', 'three']) load(name, { known: ['a'], late: [name] });
    expect([store.size, store.read('one')]).to.deep.equal([2, undefined]);
    store.invalidate([], ['one']);
    expect(store.read('two')?.value).to.equal('value of two');
    store.invalidate([], ['a']);
    expect([store.read('two'), store.read('three')]).to.deep.equal([undefined, undefined]);
  });

  it('keep entries within the bounds of the store, those that were invalidated included', () => {
    store = new MemoryStore({ maxEntries: 10 });
    for (let id = 0; id < 1_000; id += 1) {
      load(`k${id}`, { known: ['all'], late: [`is ${id}`] });
      if (id % 3 === 0) store.invalidate([], ['all']);
    }
    expect(store.size).to.equal(10);
  });

  it('are invalidated in a time that does not depend on how many entries have them', () => {
    store = new MemoryStore({ maxEntries: 100_000 });
    const tags = ['a', 'b', 'c', 'd', 'e'];
    for (let id = 0; id < 100_000; id += 1)
      store.set(`k${id}`, store.seal(id), { lifetime: LONG, tags: [tags[id % 5]!] });
    const times = tags.map((tag) => {
      const startedAt = performance.now();
      store.invalidate([], [tag]);
      return performance.now() - startedAt;
    });
    // The quickest: others may have waited for a processor.
    expect(Math.min(...times)).to.be.below(1);
    expect([store.read('k0'), store.read('k99999')]).to.deep.equal([undefined, undefined]);
  });

  describe('are forgotten', () => {
    it('once nothing refers to them any more: neither an entry nor a ticket', async () => {
      const tags = new MemoryTags();
      const opened = new MemoryTickets(tags);
      const held = tags.living('held');
      (() => {
        for (let n = 0; n < 1_000; n += 1) {
          opened.open('k', `abandoned ${n}`, MAX_LOAD, { tags: [`a ${n}`], mayGrow: false });
          opened.open('l', `redeemed ${n}`, MAX_LOAD, { tags: [`b ${n}`], mayGrow: true });
        }
        expect(tags.size).to.equal(2_001);
        for (let n = 0; n < 1_000; n += 1) {
          opened.end('k', `abandoned ${n}`);
          opened.redeem('l', `redeemed ${n}`, [`b ${n}`, `late ${n}`]);
        }
      })();
      await until(() => (collectGarbage(), tags.size === 1));
      expect(tags.living('held')).to.equal(held);
    });

    it('though one of the same name came into use before the old one was collected', async () => {
      const tags = new MemoryTags();
      let tag = tags.living('a');
      for (let time = 1; time <= 20; time += 1) {
        tags.invalidate('a');
        tag = tags.living('a');
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 1));
        expect([tags.living('a') === tag, tags.size]).to.deep.equal([true, 1]);
      }
      expect(tag.invalidated).to.equal(false);
    });

    it('when their entries are evicted, overwritten, invalidated or cleared: memory does not grow', async () => {
      store = new MemoryStore({ maxEntries: 100 });
      const work = async (rounds: number) => {
        for (let n = 0; n < rounds; n += 1) {
          const unique = `${n} `.padEnd(200, 'x');
          load(`evicted ${n}`, { known: [`known ${unique}`], late: [`late ${unique}`] });
          load('overwritten', { known: [`known ${unique}`] });
          load('refused', { known: [`refused ${unique}`] }, () => {
            store.invalidate(['refused']);
          });
          if (n % 1_000 === 0) store.clear();
          if (n % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        for (let turn = 1; turn <= 5; turn += 1) {
          collectGarbage();
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      await work(5_000);
      const before = heapUsed();
      await work(50_000);
      // Each name takes some 200 bytes: 200,000 of them that stayed would take 40 MB.
      expect(heapUsed() - before).to.be.below(8_000_000);
    }).timeout(20_000);

    it(`when they were invalidated, but for the latest ${REMEMBERED}`, () => {
      const before = heapUsed();
      for (let n = 0; n < 300_000; n += 1) store.invalidate([], [`${n} `.padEnd(200, 'x')]);
      expect(heapUsed() - before).to.be.below(8_000_000);
    }).timeout(20_000);

    it('with loads of a cache, whatever becomes of them', async () => {
      const cache = createCache({ store: new MemoryStore({ maxEntries: 100 }) });
      const work = async (rounds: number) => {
        for (let n = 0; n < rounds; n += 1) {
          const unique = `${n} `.padEnd(200, 'x');
          const tags = { fromArgs: [`known ${unique}`], fromValue: () => [`late ${unique}`] };
          const fails = n % 4 === 0;
          const value = fails ? () => Promise.reject(new Error('x')) : () => Promise.resolve(n);
          const policy = { ttl: 60, tags, storeIf: () => n % 3 === 0 };
          await cache.getOrLoad(key`k:${n}`, value, policy).catch(() => undefined);
        }
        for (let turn = 1; turn <= 5; turn += 1) {
          collectGarbage();
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      await work(2_000);
      const before = heapUsed();
      await work(20_000);
      expect(heapUsed() - before).to.be.below(4_000_000);
    }).timeout(20_000);
  });
});
