import { expect } from 'chai';
import {
  createCache,
  key,
  MemoryStore,
  TieredStore,
  type Cache,
  type CachePolicyOptions,
  type Lease,
  type Store,
  type TagsOption,
} from 'freshkeep';
import { type SinonFakeTimers } from 'sinon';

import { expectCacheError, expectCacheRejection } from '../support/cache-errors.js';
import { asElsewhere } from '../support/other-process.js';
import { ChaosStore } from '../support/chaos-store.js';
import { Deferred, settle } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';
import { Recorder } from '../support/recorder.js';
import { SharedMedium, SharedMemoryStore } from '../support/shared-memory-store.js';

interface Book {
  readonly id: number;
  readonly author: number;
}

const k = key`k`;
const bookKey = (id: number) => key`book:${id}`;
const options = { ttl: '10s', staleWhileRevalidate: '1h', lock: false } as const;

type Text = CachePolicyOptions<string, []>;

/** A tag that is known when the load begins, and one that its value tells. */
const KNOWN: Text = { ...options, tags: ['a'] };
const LATE: Text = { ...options, tags: { fromArgs: ['other'], fromValue: () => ['a'] } };
const UNRELATED: Text = { ...options, tags: () => ['unrelated'] };

const TAGGINGS = [
  ['known when the load begins', KNOWN],
  ['told by the value', LATE],
] as const;

const STORES: readonly (readonly [kind: string, create: () => Store])[] = [
  ['memory', () => new MemoryStore()],
  ['a store that answers later', () => new ChaosStore()],
];

for (const [kind, createStore] of STORES) {
  describe(`Tags, over ${kind}`, () => {
    let clock: SinonFakeTimers;
    let cache: Cache;
    let store: Store;
    let recorder: Recorder;

    beforeEach(() => {
      clock = useFakeTimers();
      store = createStore();
      cache = createCache({ store });
      recorder = new Recorder(cache);
    });

    afterEach(() => {
      clock.restore();
    });

    const forms: readonly (readonly [title: string, tags: TagsOption<Book, [id: number]>])[] = [
      ['a list', ['books', 'author:7', 'book:1']],
      ['a function of the arguments', (id) => ['books', 'author:7', `book:${id}`]],
      ['a function of the value', { fromValue: ({ id, author }) => ['books', `author:${author}`, `book:${id}`] }],
      [
        'a list and a function of the value',
        { fromArgs: ['books'], fromValue: ({ author }, id) => [`author:${author}`, `book:${id}`, 'books'] },
      ],
      [
        'a function of the arguments and one of the value',
        { fromArgs: (id) => ['books', `book:${id}`], fromValue: ({ author }) => [`author:${author}`] },
      ],
    ];
    for (const [title, tags] of forms) {
      it(`are given to \`wrap\` as ${title}; whichever is invalidated, the next call loads, and no other tag matters`, async () => {
        let loads = 0;
        const find = cache.wrap(async (id: number): Promise<Book> => ((loads += 1), { id, author: 7 }), {
          ...options,
          key: bookKey,
          tags,
        });
        await find(1);
        await settle();
        for (const tag of ['books', 'author:7', 'book:1']) {
          loads = 0;
          await find(1);
          await cache.invalidateTags('author:8', 'book:2', 'nobody has this one');
          await find(1);
          expect(loads, `before ${tag}`).to.equal(0);
          expect(await cache.invalidateTags(tag)).to.equal('applied');
          expect(await cache.get(bookKey(1)), tag).to.equal(undefined);
          expect([await find(1), loads], tag).to.deep.equal([{ id: 1, author: 7 }, 1]);
          await settle();
        }
      });
    }

    it('are given to `getOrLoad` and `set` alike', async () => {
      const book: Book = { id: 1, author: 7 };
      const byValue = { fromArgs: () => ['books'], fromValue: (value: Book) => [`author:${value.author}`] };
      const writes = [
        () => cache.getOrLoad(k, () => book, { ...options, tags: byValue }),
        () => cache.set(k, book, { ttl: '10s', tags: byValue as TagsOption }),
        () => cache.set(k, book, { ttl: '10s', tags: ['books', 'author:7'] }),
      ];
      for (const [index, write] of writes.entries()) {
        for (const tag of ['books', 'author:7']) {
          await write();
          await settle();
          await cache.invalidateTags('author:1');
          expect(await cache.get(k), `${index} before`).to.deep.equal(book);
          await cache.invalidateTags(tag);
          expect(await cache.get(k), `${index} after ${tag}`).to.equal(undefined);
        }
      }
    });

    it('are invalidated several at once, each told once by an event', async () => {
      for (const tag of ['a', 'b', 'c']) {
        await cache.set(key`of:${tag}`, tag, { ttl: '10s', tags: [tag] });
      }
      expect(await cache.invalidateTags('a', 'b', 'a')).to.equal('applied');
      const left = await Promise.all(['a', 'b', 'c'].map((tag) => cache.get(key`of:${tag}`)));
      expect(left).to.deep.equal([undefined, undefined, 'c']);
      expect(recorder.events.filter(({ name }) => name.startsWith('invalid'))).to.deep.equal([
        { name: 'invalidate-tag', event: { tag: 'a' } },
        { name: 'invalidate-tag', event: { tag: 'b' } },
      ]);
    });

    it('are left by an overwriting `set`, and by a fill with others', async () => {
      await cache.set(k, 'tagged', { ttl: '10s', tags: ['a'] });
      await cache.set(k, 'plain', { ttl: '10s' });
      await cache.invalidateTags('a');
      expect(await cache.get(k)).to.equal('plain');
    });

    for (const [title, policy] of TAGGINGS) {
      describe(`of which one is invalidated during a load, ${title}`, () => {
        it('keep the old value out of the store; the next call loads', async () => {
          const old = new Deferred<string>();
          const call = cache.getOrLoad(k, () => old.promise, policy);
          await settle();
          await cache.invalidateTags('a');
          old.resolve('old');
          expect(await call).to.equal('old');
          await settle();
          expect(await cache.get(k)).to.equal(undefined);
          expect(recorder.count('fill-refused')).to.equal(1);
          expect(await cache.getOrLoad(k, async () => 'new', policy)).to.equal('new');
          await settle();
          expect(await cache.getOrLoad(k, async () => 'newer', policy)).to.equal('new');
        });

        it('keep that of a refresh in the background out too, and the stale one is not served again', async () => {
          await cache.getOrLoad(k, async () => 'first', policy);
          await clock.tickAsync(11_000);
          const refreshed = new Deferred<string>();
          expect(await cache.getOrLoad(k, () => refreshed.promise, policy)).to.equal('first');
          await settle();
          await cache.invalidateTags('a');
          refreshed.resolve('read before the write');
          await settle();
          expect(await cache.get(k)).to.equal(undefined);
          expect(await cache.getOrLoad(k, async () => 'new', policy)).to.equal('new');
          await settle();
          expect(await cache.get(k)).to.equal('new');
        });

        it('are not served as stale afterwards: a load that fails rejects', async () => {
          await cache.getOrLoad(k, async () => 'old', policy);
          await clock.tickAsync(11_000);
          await cache.invalidateTags('a');
          const own = new Error('down');
          const reason: unknown = await cache
            .getOrLoad(k, () => Promise.reject(own), policy)
            .catch((error: unknown) => error);
          expect(reason).to.equal(own);
        });

        it('let a call that starts afterwards load for itself, whichever of the two ends first', async () => {
          for (const first of ['old', 'new'] as const) {
            await cache.invalidateTags('a');
            const loads = { old: new Deferred<string>(), new: new Deferred<string>() };
            const before = cache.getOrLoad(k, () => loads.old.promise, policy);
            await settle();
            await cache.invalidateTags('a');
            const after = cache.getOrLoad(k, () => loads.new.promise, policy);
            await settle();
            loads[first].resolve(first);
            await settle();
            loads[first === 'old' ? 'new' : 'old'].resolve(first === 'old' ? 'new' : 'old');
            expect([await before, await after]).to.deep.equal(['old', 'new']);
            await settle();
            expect(await cache.get(k)).to.equal('new');
          }
        });

        it('make those start over who joined it after the invalidation by another process; who began it gets its value', async () => {
          const elsewhere = createCache({ store: asElsewhere(store) });
          const old = new Deferred<string>();
          const leader = cache.getOrLoad(k, () => old.promise, policy);
          await settle();
          await elsewhere.invalidateTags('a');
          let loads = 0;
          const joined = Array.from({ length: 3 }, () => cache.getOrLoad(k, async () => `new ${(loads += 1)}`, policy));
          await settle();
          expect(recorder.count('coalesced')).to.equal(3);
          old.resolve('old');
          expect(await leader).to.equal('old');
          expect(await Promise.all(joined)).to.deep.equal(['new 1', 'new 1', 'new 1']);
          await settle();
          expect(await cache.get(k)).to.equal('new 1');
        });

        it('make those start over too who joined a load that stores nothing', async () => {
          const elsewhere = createCache({ store: asElsewhere(store) });
          const unstored: Text = { ...policy, storeIf: () => false };
          const old = new Deferred<string>();
          const leader = cache.getOrLoad(k, () => old.promise, unstored);
          await settle();
          await elsewhere.invalidateTags('a');
          const joined = cache.getOrLoad(k, async () => 'new', unstored);
          await settle();
          old.resolve('old');
          expect([await leader, await joined]).to.deep.equal(['old', 'new']);
        });
      });
    }

    it('of others do not keep calls from joining a load whose tags are known, nor its value from the store', async () => {
      const value = new Deferred<string>();
      const first = cache.getOrLoad(k, () => value.promise, UNRELATED);
      await settle();
      await cache.invalidateTags('a');
      const second = cache.getOrLoad(k, async () => 'own', UNRELATED);
      await settle();
      value.resolve('shared');
      expect([await first, await second]).to.deep.equal(['shared', 'shared']);
      expect(recorder.count('coalesced')).to.equal(1);
      await settle();
      expect(await cache.get(k)).to.equal('shared');
    });

    it('of others do not keep the value of a load from the store whose tags it tells itself, however often they are invalidated', async () => {
      const value = new Deferred<string>();
      const call = cache.getOrLoad(k, () => value.promise, LATE);
      await settle();
      for (let time = 1; time <= 1_000; time += 1) await cache.invalidateTags(`unrelated ${time % 10}`);
      value.resolve('value');
      expect(await call).to.equal('value');
      await settle();
      expect(await cache.get(k)).to.equal('value');
      expect(recorder.count('fill-refused')).to.equal(0);
    });

    it('of others do not keep an invalidation of its key, or of everything, from reaching such a load afterwards', async () => {
      for (const invalidate of [() => cache.invalidate(k), () => cache.clear(), () => cache.invalidateTags('a')]) {
        const value = new Deferred<string>();
        const call = cache.getOrLoad(k, () => value.promise, LATE);
        await settle();
        await cache.invalidateTags('unrelated');
        await invalidate();
        value.resolve('old');
        expect(await call).to.equal('old');
        await settle();
        expect(await cache.get(k)).to.equal(undefined);
      }
    });

    it('do not keep calls from joining a load without tags', async () => {
      const value = new Deferred<string>();
      const first = cache.getOrLoad(k, () => value.promise, options);
      await settle();
      await cache.invalidateTags('a');
      const second = cache.getOrLoad(k, async () => 'own', options);
      value.resolve('shared');
      expect([await first, await second]).to.deep.equal(['shared', 'shared']);
    });

    it('invalidated by another process leave loads with other tags alone, those told by the value included', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      const policy: Text = { ...options, tags: { fromValue: () => ['unrelated'] } };
      await elsewhere.set(key`in use`, 'value', { ttl: '10s', tags: ['unrelated', 'a'] });
      const value = new Deferred<string>();
      const leader = cache.getOrLoad(k, () => value.promise, policy);
      await settle();
      await elsewhere.invalidateTags('a');
      const joined = cache.getOrLoad(k, async () => 'own', policy);
      await settle();
      value.resolve('shared');
      expect([await leader, await joined]).to.deep.equal(['shared', 'shared']);
      expect(await cache.get(k)).to.equal('shared');
    });

    it('are invalidated for another process as well, whose entries are gone', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      for (const [, policy] of TAGGINGS) {
        await elsewhere.getOrLoad(k, async () => 'old', policy);
        await settle();
        await cache.invalidateTags('a');
        expect(await elsewhere.get(k)).to.equal(undefined);
        expect(await elsewhere.getOrLoad(k, async () => 'new', policy)).to.equal('new');
        await settle();
        expect(await cache.getOrLoad(k, async () => 'newer', policy)).to.equal('new');
        await cache.invalidate(k);
      }
    });

    describe('that a new release has added', () => {
      const grown: readonly (readonly [title: string, policy: Text])[] = [
        ['as a list', { ...options, tags: ['old', 'a'] }],
        ['by the arguments', { ...options, tags: () => ['a', 'old'] }],
        ['as `fromArgs`', { ...options, tags: { fromArgs: ['a'], fromValue: () => ['old'] } }],
        ['by the value', { ...options, tags: { fromArgs: ['old'], fromValue: () => ['a'] } }],
      ];
      for (const [title, policy] of grown) {
        it(`${title} keep entries from being used that lack them, fresh or stale`, async () => {
          for (const before of [{ ...options, tags: ['old'] }, options]) {
            for (const age of [0, 11_000]) {
              await cache.invalidate(k);
              await cache.getOrLoad(k, async () => 'of the old release', before);
              await clock.tickAsync(age);
              expect(await cache.getOrLoad(k, async () => 'new', policy), `at ${age} ms`).to.equal('new');
              await settle();
              expect(await cache.getOrLoad(k, async () => 'newer', policy)).to.equal('new');
            }
          }
        });
      }

      it('keep a call from a load in flight that will not have them, once they were invalidated', async () => {
        const old = new Deferred<string>();
        const before = cache.getOrLoad(k, () => old.promise, { ...options, tags: ['old'] });
        await settle();
        await cache.invalidateTags('a');
        const after = cache.getOrLoad(k, async () => 'new', { ...options, tags: ['old', 'a'] });
        await settle();
        old.resolve('old');
        expect([await before, await after]).to.deep.equal(['old', 'new']);
      });

      it('are no matter to those who still expect fewer', async () => {
        await cache.getOrLoad(k, async () => 'of the new release', { ...options, tags: ['old', 'a'] });
        await settle();
        expect(await cache.getOrLoad(k, async () => 'other', { ...options, tags: ['old'] })).to.equal(
          'of the new release',
        );
        expect(await cache.getOrLoad(k, async () => 'other', options)).to.equal('of the new release');
      });
    });

    it('know no scope: they reach the entries of all tenants', async () => {
      let tenant = 'one';
      const scoped = createCache({ store, scope: () => tenant });
      const policy: Text = { ...options, tags: ['a'] };
      for (tenant of ['one', 'two']) await scoped.getOrLoad(k, async () => `old of ${tenant}`, policy);
      await settle();
      expect(await scoped.getOrLoad(k, async () => 'other', policy)).to.equal('old of two');
      tenant = 'three';
      await scoped.invalidateTags('a');
      for (tenant of ['one', 'two']) {
        expect(await scoped.getOrLoad(k, async () => 'new', policy), tenant).to.equal('new');
      }
    });

    it('are those of all caches over one store: entries, and loads in flight', async () => {
      const companion = createCache({ store, name: 'companion' });
      const old = new Deferred<string>();
      await companion.getOrLoad(key`filled`, async () => 'old', KNOWN);
      const before = companion.getOrLoad(k, () => old.promise, KNOWN);
      await settle();
      await cache.invalidateTags('a');
      expect(await companion.get(key`filled`)).to.equal(undefined);
      expect(await companion.getOrLoad(k, async () => 'new', KNOWN)).to.equal('new');
      old.resolve('old');
      await before;
      await settle();
      expect(await companion.get(k)).to.equal('new');
    });

    it('are still invalidated once the cache is closed, for all who use the store', async () => {
      const elsewhere = createCache({ store: asElsewhere(store) });
      await cache.getOrLoad(k, async () => 'old', KNOWN);
      await cache.close();
      expect(await cache.getOrLoad(k, async () => 'direct', KNOWN)).to.equal('direct');
      expect(await elsewhere.get(k)).to.equal('old');
      expect(await cache.invalidateTags('a')).to.equal('applied');
      expect(await elsewhere.get(k)).to.equal(undefined);
    });

    it('leave no timer behind', async () => {
      await cache.getOrLoad(k, async () => 'value', { ttl: '10s', tags: { fromArgs: ['b'], fromValue: () => ['a'] } });
      await cache.invalidateTags('a', 'b');
      await settle();
      expect(clock.countTimers()).to.equal(0);
    });
  });
}

describe('A call that starts once the invalidation of a tag was applied', () => {
  for (const [title, policy] of TAGGINGS) {
    it(`does not join a load that began while the store was still applying it, of a tag ${title}`, async () => {
      const store = new ChaosStore();
      const cache = createCache({ store });
      const applying = new Deferred();
      store.disturb('invalidate', () => applying.promise);
      const invalidation = cache.invalidateTags('a');
      const old = new Deferred<string>();
      const early = cache.getOrLoad(k, () => old.promise, policy);
      await settle();
      applying.resolve();
      expect(await invalidation).to.equal('applied');
      expect(await cache.getOrLoad(k, async () => 'new', policy)).to.equal('new');
      old.resolve('old');
      await early;
      await settle();
      expect(await cache.get(k)).to.equal('new');
    });
  }

  for (const storeIf of [() => true, () => false]) {
    for (const [title, invalidate] of [
      ['a tag', (from: Cache) => from.invalidateTags('a')],
      ['its key', (from: Cache) => from.invalidate(k)],
      ['everything', (from: Cache) => from.clear()],
    ] as const) {
      it(`(by another process, of ${title}) does not believe a load whose value ${storeIf() ? 'was stored' : 'was not to be stored'} before it, but whose store has not answered yet`, async () => {
        const store = new MemoryStore();
        const answer = new Deferred();
        const answering: Store = {
          ...asElsewhere(store),
          fill: async (...args) => {
            const result = store.fill(...args);
            await answer.promise;
            return result;
          },
          abandon: async (...args) => {
            const result = store.abandon(...args);
            await answer.promise;
            return result;
          },
        };
        const [here, elsewhere] = [createCache({ store: answering }), createCache({ store: asElsewhere(store) })];
        const policy: Text = { ...KNOWN, storeIf };
        const old = new Deferred<string>();
        const calls = [here.getOrLoad(k, () => old.promise, policy), here.getOrLoad(k, () => old.promise, policy)];
        await settle();
        old.resolve('old');
        expect(await calls[0]).to.equal('old');
        await settle();
        expect(await invalidate(elsewhere)).to.equal('applied');
        const after = here.getOrLoad(k, async () => 'new', policy);
        await settle();
        answer.resolve();
        expect([await calls[1], await after]).to.deep.equal(['old', 'new']);
      });
    }
  }

  it('looks again where it joined a flight that had found an entry before', async () => {
    const store = new ChaosStore();
    const answer = new Deferred<Lease>();
    const slowLock: Store = { ...asElsewhere(store), lock: { acquire: () => answer.promise } };
    const [here, elsewhere] = [createCache({ store: slowLock }), createCache({ store: asElsewhere(store) })];
    const policy: Text = { ttl: '10s', tags: ['a'] };
    store.disturb('open', async () => {
      store.calm();
      await elsewhere.set(k, 'old', { ttl: '1m', tags: ['a'] });
    });
    const first = here.getOrLoad(k, async () => 'loaded', policy);
    await settle();
    await elsewhere.invalidateTags('a');
    const joined = here.getOrLoad(k, async () => 'new', policy);
    await settle();
    answer.resolve({ release: () => Promise.resolve() });
    expect([await first, await joined]).to.deep.equal(['old', 'new']);
  });

  it('waits for no load from before, where there is a refresh lock', async () => {
    const clock = useFakeTimers();
    try {
      const cache = createCache({ store: new MemoryStore() });
      const old = new Deferred<string>();
      const policy: Text = { ttl: '10s', tags: ['a'] };
      const before = cache.getOrLoad(k, () => old.promise, policy);
      await settle();
      await cache.invalidateTags('a');
      const after = cache.getOrLoad(k, async () => 'new', policy);
      let answer: string | undefined;
      void after.then((value) => (answer = value));
      await settle();
      expect(answer).to.equal('new');
      old.resolve('old');
      expect(await before).to.equal('old');
      await clock.tickAsync(1_000);
      expect(await cache.get(k)).to.equal('new');
    } finally {
      clock.restore();
    }
  });
});

describe('The invalidation of a tag that the store cannot apply', () => {
  let clock: SinonFakeTimers;
  let store: ChaosStore;
  let cache: Cache;
  let recorder: Recorder;

  beforeEach(async () => {
    clock = useFakeTimers();
    store = new ChaosStore();
    cache = createCache({ store });
    recorder = new Recorder(cache);
    await cache.set(k, 'old', { ttl: '1h', tags: ['a', 'other'] });
    store.fail('invalidate');
  });

  afterEach(() => {
    clock.restore();
  });

  it('is queued, and events tell', async () => {
    expect(await cache.invalidateTags('a', 'b')).to.equal('queued');
    expect(cache.health().queuedInvalidations).to.equal(2);
    expect(recorder.count('invalidate-tag')).to.equal(0);
    const queued = recorder.events.find(({ name }) => name === 'invalidation-queued');
    expect(queued?.event).to.deep.include({ keys: [], tags: ['a', 'b'] });
    store.calm();
    await clock.tickAsync(10_000);
    const replayed = recorder.events.find(({ name }) => name === 'invalidation-replayed');
    expect(replayed?.event).to.deep.equal({ keys: [], tags: ['a', 'b'] });
    expect(cache.health().queuedInvalidations).to.equal(0);
  });

  const readers: readonly (readonly [title: string, policy: Text])[] = [
    ['declared', { ...options, tags: ['a'] }],
    ['told by the arguments', { ...options, tags: () => ['a'] }],
    ['told by the value', { ...options, tags: { fromValue: () => ['a'] } }],
    ['known from the entry alone', options],
  ];
  for (const [title, policy] of readers) {
    it(`is known to this process: an entry with the tag, ${title}, is neither served nor overwritten until it is applied`, async () => {
      await cache.invalidateTags('a');
      expect(await cache.get(k)).to.equal(undefined);
      store.calls.splice(0);
      expect(await cache.getOrLoad(k, async () => 'new', policy)).to.equal('new');
      expect(await cache.getOrLoad(k, async () => 'newer', policy)).to.equal('newer');
      await settle();
      expect(store.calls).not.to.include('fill');
      const elsewhere = createCache({ store: asElsewhere(store) });
      expect(await elsewhere.get(k)).to.equal('old');
      store.calm();
      await clock.tickAsync(10_000);
      expect(await elsewhere.get(k)).to.equal(undefined);
      expect(await cache.getOrLoad(k, async () => 'newest', policy)).to.equal('newest');
      await settle();
      expect(await cache.getOrLoad(k, async () => 'no', policy)).to.equal('newest');
    });
  }

  it('does not read entries at all that have it by their arguments', async () => {
    await cache.invalidateTags('a');
    store.calls.splice(0);
    await cache.getOrLoad(k, async () => 'new', { ...options, tags: () => ['a'] });
    await settle();
    expect(store.calls).to.deep.equal([]);
  });

  it('keeps a stale entry from being served, and from being refreshed', async () => {
    const policy: Text = { ...options, tags: { fromValue: () => ['a'] } };
    store.calm();
    await cache.invalidate(k);
    await cache.getOrLoad(k, async () => 'first', policy);
    await clock.tickAsync(11_000);
    store.fail('invalidate');
    await cache.invalidateTags('a');
    expect(await cache.getOrLoad(k, async () => 'new', policy)).to.equal('new');
    expect(recorder.count('stale-hit')).to.equal(0);
  });

  it('leaves entries with other tags in use', async () => {
    await cache.set(key`free`, 'kept', { ttl: '1h', tags: ['free'] });
    await cache.invalidateTags('a');
    expect(await cache.get(key`free`)).to.equal('kept');
    const policy: Text = { ...options, tags: ['free'] };
    expect(await cache.getOrLoad(key`free`, async () => 'new', policy)).to.equal('kept');
    expect(await cache.getOrLoad(key`more`, async () => 'first', policy)).to.equal('first');
    await settle();
    expect(await cache.getOrLoad(key`more`, async () => 'second', policy)).to.equal('first');
  });

  it('does not confuse a tag with a key of the same text', async () => {
    await cache.set(key`a`, 'kept', { ttl: '1h' });
    await cache.invalidateTags('a');
    expect(await cache.get(key`a`)).to.equal('kept');
    store.calm();
    await clock.tickAsync(10_000);
    expect(await cache.get(key`a`)).to.equal('kept');
    expect(await cache.get(k)).to.equal(undefined);
  });

  for (const [title, policy] of TAGGINGS) {
    it(`keeps a load that was under way from filling, though its ticket is still open in the store, with a tag ${title}`, async () => {
      const slow = new Deferred<string>();
      const call = cache.getOrLoad(key`other`, () => slow.promise, policy);
      await settle();
      await cache.invalidateTags('a');
      slow.resolve('read before the write');
      await call;
      await settle();
      expect(store.calls).not.to.include('fill');
    });
  }

  it('keeps a load whose value tells its tags from filling, that other tags had set aside before', async () => {
    for (const invalidate of [() => cache.invalidate(key`late`), () => cache.invalidateTags('a')]) {
      const slow = new Deferred<string>();
      const call = cache.getOrLoad(key`late`, () => slow.promise, LATE);
      await settle();
      await cache.invalidateTags('unrelated');
      expect(await invalidate()).to.equal('queued');
      slow.resolve('read before the write');
      await call;
      await settle();
      expect(store.calls).not.to.include('fill');
      store.calm();
      await clock.tickAsync(10_000);
      store.fail('invalidate');
    }
  });

  it('is not undone by a second look at the entry, when a ticket is opened', async () => {
    await cache.invalidateTags('a');
    store.disturb('read', async () => {
      // What the first look finds is of another key: the entry appears between it and the second one.
      store.disturb('read', () => Promise.resolve());
    });
    const elsewhere = createCache({ store: asElsewhere(store) });
    store.disturb('open', async () => {
      store.disturb('open', () => Promise.resolve());
      await elsewhere.set(key`late`, 'old', { ttl: '1h', tags: ['a'] });
    });
    const policy: Text = { ...options, tags: { fromValue: () => ['a'] } };
    expect(await cache.getOrLoad(key`late`, async () => 'new', policy)).to.equal('new');
  });

  it('collapses into clearing everything when there are too many tags to remember', async () => {
    for (let from = 0; from < 10_001; from += 100) {
      await cache.invalidateTags(...Array.from({ length: 100 }, (_, n) => `many ${from + n}`));
    }
    expect(cache.health().queuedInvalidations).to.equal('all');
    expect(await cache.get(k)).to.equal(undefined);
    store.calm();
    await clock.tickAsync(10_000);
    expect(store.calls).to.include('clear');
    expect(await cache.getOrLoad(k, async () => 'new', KNOWN)).to.equal('new');
    expect(await cache.get(k)).to.equal('new');
  });

  it('is not settled by a replay that began before it', async () => {
    await cache.invalidateTags('a');
    const replay = new Deferred();
    store.disturb('invalidate', () => replay.promise);
    await clock.tickAsync(200);
    store.fail('invalidate');
    await cache.invalidateTags('a');
    replay.resolve();
    await settle();
    await cache.set(k, 'from before the second', { ttl: '1h', tags: ['a'] });
    expect(await cache.get(k)).to.equal(undefined);
    store.calm();
    await clock.tickAsync(10_000);
    expect(await cache.getOrLoad(k, async () => 'newest', KNOWN)).to.equal('newest');
    expect(await cache.get(k)).to.equal('newest');
  });

  it('is tried once more when the cache is closed, with keys', async () => {
    await cache.set(key`by key`, 'old', { ttl: '1h' });
    await cache.invalidateTags('a');
    await cache.invalidate(key`by key`);
    store.calm();
    const closing = cache.close();
    await clock.tickAsync(10);
    await closing;
    const elsewhere = createCache({ store: asElsewhere(store) });
    expect([await elsewhere.get(k), await elsewhere.get(key`by key`)]).to.deep.equal([undefined, undefined]);
  });

  it('is known to all caches over the store', async () => {
    const companion = createCache({ store, name: 'companion' });
    await cache.invalidateTags('a');
    expect(await companion.get(k)).to.equal(undefined);
    expect(await companion.getOrLoad(k, async () => 'new', KNOWN)).to.equal('new');
  });
});

describe('What a process keeps for itself while its store is away', () => {
  it('is used only with all tags that are expected, those included that its value tells', async () => {
    const clock = useFakeTimers();
    try {
      const l2 = new SharedMemoryStore(new SharedMedium());
      const cache = createCache({ store: new TieredStore({ l1: new MemoryStore(), l2 }) });
      l2.failure = new Error('away');
      const fewer: Text = { ...options, tags: ['b'] };
      await cache.invalidateTags('b');
      expect(await cache.getOrLoad(k, async () => 'old', fewer)).to.equal('old');
      await settle();
      expect(await cache.getOrLoad(k, async () => 'older', fewer)).to.equal('old');
      expect(await cache.invalidateTags('a')).to.equal('queued');
      expect(await cache.getOrLoad(k, async () => 'still', fewer)).to.equal('old');
      const more: Text = { ...options, tags: { fromArgs: ['b'], fromValue: () => ['a'] } };
      expect(await cache.getOrLoad(k, async () => 'new', more)).to.equal('new');
      await settle();
      expect(await cache.getOrLoad(k, async () => 'newer', more)).to.equal('new');
      await cache.invalidateTags('a');
      expect(await cache.getOrLoad(k, async () => 'newest', more)).to.equal('newest');
    } finally {
      clock.restore();
    }
  });
});

describe('Queued tags of a cache that is closed', () => {
  it('are told by a warning', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(`${String(Reflect.get(warning, 'code'))} ${warning.message}`);
    process.on('warning', listen);
    const store = new ChaosStore();
    const cache = createCache({ store });
    store.fail('invalidate');
    try {
      await cache.invalidateTags('a', 'b');
      await cache.invalidate(k);
      await cache.close();
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', listen);
      store.calm();
    }
    const lost = warnings.filter((warning) => warning.startsWith('FRESHKEEP_INVALIDATIONS_LOST'));
    // Warned once for a process: another spec may have come first.
    for (const warning of lost) expect(warning).to.include('1 key and 2 tags');
  });
});

describe('What is no tag', () => {
  const cache = createCache({ store: new MemoryStore() });
  const wrong: readonly (readonly [title: string, tags: unknown, fragment: string])[] = [
    ['an empty text', ['a', ''], '""'],
    ['a text of 257 characters', ['x'.repeat(257)], '1 to 256'],
    ['a number', [7], '7'],
    ['undefined', [undefined], 'undefined'],
    ['a list in the list', [['a']], '`tags`'],
    ['101 tags', Array.from({ length: 101 }, (_, n) => `tag ${n}`), 'at most 100 tags, got 101'],
  ];
  for (const [title, tags, fragment] of wrong) {
    it(`(${title}) is refused by \`invalidateTags\`, \`wrap\`, \`getOrLoad\` and \`set\`: the message says what was expected`, async () => {
      const given = tags as string[];
      await expectCacheRejection(cache.invalidateTags(...given), 'ERR_CACHE_TAG_INVALID', '`tags`', fragment);
      expectCacheError(
        () => cache.wrap(async () => 1, { key: k, ttl: 1, tags: given }),
        'ERR_CACHE_TAG_INVALID',
        fragment,
      );
      for (const call of [
        () => cache.getOrLoad(k, () => 1, { ttl: 1, tags: given }),
        () => cache.set(k, 1, { ttl: 1, tags: given }),
      ]) {
        await expectCacheRejection(call(), 'ERR_CACHE_TAG_INVALID', fragment);
      }
    });
  }

  it('applies nothing of a list that has one', async () => {
    await cache.set(k, 'kept', { ttl: 1, tags: ['a'] });
    await expectCacheRejection(cache.invalidateTags('a', ''), 'ERR_CACHE_TAG_INVALID');
    expect(await cache.get(k)).to.equal('kept');
  });

  it('takes 100 tags, 256 characters, and no tags at all', async () => {
    const most = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(256, 'x'));
    await cache.set(k, 'value', { ttl: 1, tags: [...most, ...most] });
    expect(await cache.invalidateTags()).to.equal('applied');
    expect(await cache.get(k)).to.equal('value');
    expect(await cache.invalidateTags(...most)).to.equal('applied');
    expect(await cache.get(k)).to.equal(undefined);
  });

  const options: readonly (readonly [title: string, tags: unknown, fragment: string])[] = [
    ['a text', 'a', '`tags`'],
    ['null', null, '`tags`'],
    ['fromValue that is no function', { fromValue: ['a'] }, '`tags.fromValue`'],
    ['fromArgs alone', { fromArgs: ['a'] }, '`tags.fromValue`'],
    ['fromArgs that is neither list nor function', { fromArgs: 'a', fromValue: () => [] }, '`tags.fromArgs`'],
  ];
  for (const [title, tags, fragment] of options) {
    it(`(${title}) throws from \`wrap\``, () => {
      const given = tags as string[];
      expectCacheError(
        () => cache.wrap(async () => 1, { key: k, ttl: 1, tags: given }),
        'ERR_CACHE_OPTION_INVALID',
        fragment,
      );
    });
  }
});

describe('A function for tags', () => {
  const own = new Error('own');
  const failing = (): never => {
    throw own;
  };
  const rubbish: readonly (readonly [title: string, returned: () => unknown, code: string | undefined])[] = [
    ['that throws', failing, undefined],
    ['that returns a text', () => 'a', 'ERR_CACHE_TAG_INVALID'],
    ['that returns numbers', () => [1], 'ERR_CACHE_TAG_INVALID'],
    ['that returns a promise', async () => ['a'], 'ERR_CACHE_TAG_INVALID'],
    ['that returns nothing', () => undefined, 'ERR_CACHE_TAG_INVALID'],
    ['that returns too many', () => Array.from({ length: 101 }, (_, n) => `${n}`), 'ERR_CACHE_TAG_INVALID'],
  ];

  /** What a cache tells while `run` runs, and the warnings of the process about options. */
  async function watch(run: (cache: Cache) => Promise<void>): Promise<{ recorder: Recorder; warnings: string[] }> {
    const warnings: string[] = [];
    const listen = (warning: Error) => {
      if (Reflect.get(warning, 'code') === 'FRESHKEEP_OPTION_FAILED') warnings.push(warning.message);
    };
    const cache = createCache({ store: new MemoryStore() });
    const recorder = new Recorder(cache);
    process.on('warning', listen);
    try {
      await run(cache);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', listen);
    }
    return { recorder, warnings };
  }

  let patterns = 0;
  for (const [title, returned, code] of rubbish) {
    const tags = returned as () => string[];
    for (const [where, option, expected] of [
      ['of the arguments', tags, ['option-failed', 'option-failed']],
      ['as `fromArgs`', { fromArgs: tags, fromValue: () => [] }, ['option-failed', 'option-failed']],
      [
        'of the value',
        { fromValue: tags },
        [...['miss', 'load', 'option-failed', 'fill-skipped'], ...['miss', 'load', 'option-failed', 'fill-skipped']],
      ],
    ] as const) {
      it(`${where} ${title} costs no caller its value: it is not stored, and an event and one warning tell`, async () => {
        const name = key.call(undefined, Object.assign([`tags${(patterns += 1)}`], { raw: [] as string[] }));
        let loads = 0;
        const { recorder, warnings } = await watch(async (cache) => {
          const policy: CachePolicyOptions<number, []> = { ttl: 1, tags: option };
          expect(await cache.getOrLoad(name, () => (loads += 1), policy)).to.equal(1);
          expect(await cache.getOrLoad(name, () => (loads += 1), policy)).to.equal(2);
          expect(await cache.get(name)).to.equal(undefined);
        });
        expect(recorder.names).to.deep.equal(expected);
        for (const { name: told, event } of recorder.events) {
          if (told !== 'option-failed') continue;
          expect(event).to.include({ key: name.text, pattern: name.pattern });
          expect((event as { option: string }).option).to.include('tags');
          const error = (event as { error: unknown }).error;
          if (code === undefined) expect(error).to.equal(own);
          else expect(error).to.include({ code });
        }
        expect(warnings.filter((warning) => warning.startsWith(`${name.pattern}:`))).to.have.length(1);
      });
    }
  }

  it('of the value that throws over a stored one makes it none', async () => {
    const { recorder } = await watch(async (cache) => {
      const pattern = key`stored`;
      let fails = false;
      const fromValue = (value: string) => (fails ? failing() : [`of ${value}`]);
      const find = () => cache.getOrLoad(pattern, async () => 'value', { ttl: 1, tags: { fromValue } });
      await find();
      await find();
      fails = true;
      expect(await find()).to.equal('value');
    });
    expect(recorder.names).to.deep.equal([
      'miss',
      'load',
      'fill',
      'hit',
      'miss',
      'load',
      'option-failed',
      'fill-skipped',
    ]);
  });

  it('rejects `set`, which stores nothing', async () => {
    const cache = createCache({ store: new MemoryStore() });
    const reason: unknown = await cache
      .set(k, 'value', { ttl: 1, tags: { fromValue: failing } })
      .catch((error: unknown) => error);
    expect(reason).to.equal(own);
    expect(await cache.get(k)).to.equal(undefined);
  });

  it('is asked about a call before anything else of it, and gets the arguments, and the value before them', async () => {
    const asked: unknown[] = [];
    const cache = createCache({ store: new MemoryStore() });
    const find = cache.wrap(async (id: number, text: string) => (asked.push('load'), `${id} ${text}`), {
      key: 'x:{0}:{1}',
      ttl: 1,
      tags: {
        fromArgs: (...args) => (asked.push(['fromArgs', ...args]), ['a']),
        fromValue: (...args) => (asked.push(['fromValue', ...args]), ['b']),
      },
    });
    await find(1, 'one');
    expect(asked.slice(0, 2)).to.deep.equal([['fromArgs', 1, 'one'], 'load']);
    expect(asked).to.deep.include(['fromValue', '1 one', 1, 'one']);
  });
});
