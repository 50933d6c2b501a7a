import { expect } from 'chai';
import {
  Cached,
  configureCache,
  createCache,
  getCacheMetadata,
  InvalidatesCache,
  key,
  MemoryStore,
  type Cache,
  type CachedOptions,
  type InvalidatesCacheOptions,
  type TagsToInvalidate,
} from 'freshkeep';

import { expectCacheError, expectCacheRejection } from '../support/cache-errors.js';
import { Deferred, settle } from '../support/deferred.js';

const bookKey = (id: number) => key`book:${id}`;

interface Book {
  readonly id: number;
  readonly author: number;
}

/** Its invalidations fail while it is away. */
class FlakyStore extends MemoryStore {
  away = false;
  override invalidate(keys: readonly string[], tags?: readonly string[]): void {
    if (this.away) throw new Error('away');
    super.invalidate(keys, tags);
  }
}

describe('Tags of decorators', () => {
  let cache: Cache;
  let store: FlakyStore;
  beforeEach(() => {
    store = new FlakyStore();
    cache = configureCache({ store });
  });

  /** Stores an entry for each of these tags, and tells of which there is none any more after `write`. */
  async function goneAfter(write: () => Promise<unknown>, ...tags: readonly string[]): Promise<string[]> {
    for (const tag of tags) await cache.set(key`of:${tag}`, 'old', { ttl: '5m', tags: [tag] });
    await write();
    const values = await Promise.all(tags.map((tag) => cache.get(key`of:${tag}`)));
    return tags.filter((_, index) => values[index] === undefined);
  }

  describe('@Cached({ tags })', () => {
    let loads = 0;
    beforeEach(() => {
      loads = 0;
    });

    class Books {
      @Cached({ key: 'list', ttl: '5m', tags: ['books', 'lists'] })
      async list(): Promise<number> {
        return (loads += 1);
      }
      @Cached({ key: 'arguments:{0}:{1}', ttl: '5m', tags: (id: number, locale: string) => [`book:${id}`, locale] })
      async byArguments(id: number, locale: string): Promise<number> {
        return (loads += 1) + id * 0 + locale.length * 0;
      }
      @Cached({
        key: 'value:{0}',
        ttl: '5m',
        tags: { fromValue: (book: Book, id: number) => [`${book.author}/${id}`] },
      })
      async byValue(id: number): Promise<Book> {
        loads += 1;
        return { id, author: 7 };
      }
      @Cached({
        key: 'both:{0}',
        ttl: '5m',
        tags: { fromArgs: (id: number) => [`book:${id}`], fromValue: ({ author }: Book) => [`author:${author}`] },
      })
      async byBoth(id: number): Promise<Book> {
        loads += 1;
        return { id, author: 7 };
      }
    }
    const books = new Books();
    const methods: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
      ['a list', () => books.list(), ['books', 'lists']],
      ['a function of the arguments', () => books.byArguments(1, 'de'), ['book:1', 'de']],
      ['a function of the value, then the arguments', () => books.byValue(1), ['7/1']],
      ['functions of both', () => books.byBoth(1), ['book:1', 'author:7']],
    ];
    for (const [title, call, tags] of methods) {
      it(`labels entries with ${title}: each of these tags invalidates them, and no other one`, async () => {
        for (const tag of tags) {
          await call();
          loads = 0;
          await cache.invalidateTags('book:2', 'en', '7/2', 'author:8');
          await call();
          expect(loads).to.equal(0);
          await cache.invalidateTags(tag);
          await call();
          expect(loads, tag).to.equal(1);
        }
      });
    }

    it('is recorded as it was written', () => {
      const tags = ['a'] as const;
      class Lists {
        @Cached({ key: 'x', ttl: 5, tags })
        async list(): Promise<number> {
          return 1;
        }
        @InvalidatesCache(bookKey, { tags: ['a'] })
        async save(id: number): Promise<number> {
          return id;
        }
        @InvalidatesCache({ keys: ['x'], tags })
        async inFull(): Promise<number> {
          return 1;
        }
      }
      expect(getCacheMetadata(Lists.prototype.list)).to.deep.equal([
        { kind: 'cached', key: 'x', options: { key: 'x', ttl: 5, tags } },
      ]);
      expect(getCacheMetadata(Lists.prototype.save)).to.deep.equal([
        { kind: 'invalidates', keys: [bookKey], options: { keys: [bookKey, { tags: ['a'] }] } },
      ]);
      expect(getCacheMetadata(Lists.prototype.inFull)).to.deep.equal([
        { kind: 'invalidates', keys: ['x'], options: { keys: ['x'], tags } },
      ]);
    });
  });

  describe('@InvalidatesCache({ tags })', () => {
    class Books {
      @InvalidatesCache({ tags: ['a', 'b'] })
      async list(id: number): Promise<number> {
        return id;
      }
      @InvalidatesCache({ tags: (id: number) => [`book:${id}`] })
      async byArguments(id: number): Promise<number> {
        return id;
      }
      @InvalidatesCache({ tags: { fromResult: (book: Book, id: number) => [`author:${book.author}`, `book:${id}`] } })
      async byResult(id: number): Promise<Book> {
        return { id, author: 7 };
      }
      @InvalidatesCache({ tags: ['a'] }, { tags: ['b'] })
      async severalItems(id: number): Promise<number> {
        return id;
      }
      @InvalidatesCache(
        'by-key:{0}',
        { tags: ['a'] },
        { tags: (id: number) => [`book:${id}`] },
        { tags: { fromResult: (id: number) => [`result:${id}`] } },
      )
      async withKey(id: number): Promise<number> {
        return id + 1;
      }
      @InvalidatesCache({
        keys: ['by-key:{0}', { tags: ['a'] }],
        tags: { fromResult: (id: number) => [`result:${id}`] },
      })
      async inFull(id: number): Promise<number> {
        return id + 1;
      }
    }
    const books = new Books();
    const writers: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
      ['a list', () => books.list(1), ['a', 'b']],
      ['a function of the arguments', () => books.byArguments(1), ['book:1']],
      ['a function of the result, then the arguments', () => books.byResult(1), ['book:1', 'author:7']],
      ['several items', () => books.severalItems(1), ['a', 'b']],
      ['items of each kind beside a key', () => books.withKey(1), ['a', 'book:1', 'result:2']],
      ['one options object', () => books.inFull(1), ['a', 'result:2']],
    ];
    for (const [title, write, tags] of writers) {
      it(`invalidates tags given as ${title}, and no others`, async () => {
        const all = ['a', 'b', 'book:1', 'book:2', 'author:7', 'author:8', 'result:1', 'result:2'];
        expect((await goneAfter(write, ...all)).sort()).to.deep.equal([...tags].sort());
      });
    }

    it('invalidates keys beside tags', async () => {
      for (const write of [() => books.withKey(1), () => books.inFull(1)]) {
        await cache.set(key`by-key:${1}`, 'old', { ttl: '5m' });
        await cache.set(key`by-key:${2}`, 'kept', { ttl: '5m' });
        await write();
        expect([await cache.get(key`by-key:${1}`), await cache.get(key`by-key:${2}`)]).to.deep.equal([
          undefined,
          'kept',
        ]);
      }
    });

    it('asks the store once for all of it', async () => {
      const asked: unknown[] = [];
      const invalidate = store.invalidate.bind(store);
      store.invalidate = (keys, tags) => {
        asked.push([keys, tags]);
        invalidate(keys, tags);
      };
      await books.withKey(1);
      expect(asked).to.deep.equal([[['by-key:1'], ['a', 'book:1', 'result:2']]]);
    });

    it('runs after the method succeeded and before its caller goes on', async () => {
      const events: string[] = [];
      const written = new Deferred();
      cache.on('invalidate-tag', ({ tag }) => events.push(tag));
      class Slow {
        @InvalidatesCache({ tags: ['a'] })
        async write(): Promise<void> {
          await written.promise;
          events.push('written');
        }
      }
      const call = new Slow().write().then(() => events.push('answered'));
      await settle();
      expect(events).to.deep.equal([]);
      written.resolve();
      await call;
      expect(events).to.deep.equal(['written', 'a', 'answered']);
    });

    it('does nothing when the method fails, and rejects with the very same object', async () => {
      const own = new Error('own');
      const asked: unknown[] = [];
      class Failing {
        @InvalidatesCache(
          { tags: ['a'] },
          { tags: { fromResult: (result: string) => [asked.push(result).toString()] } },
        )
        async write(): Promise<string> {
          throw own;
        }
      }
      const gone = await goneAfter(async () => {
        expect(await new Failing().write().catch((error: unknown) => error)).to.equal(own);
      }, 'a');
      expect([gone, asked]).to.deep.equal([[], []]);
    });

    it('makes tags of the arguments as they were when the method was called', async () => {
      class Changing {
        @InvalidatesCache({ tags: (given: { id: number }) => [`book:${given.id}`] })
        async save(given: { id: number }): Promise<void> {
          given.id = 2;
        }
      }
      expect(await goneAfter(() => new Changing().save({ id: 1 }), 'book:1', 'book:2')).to.deep.equal(['book:1']);
    });

    it('rejects a call whose tags cannot be made of its arguments before anything is written', async () => {
      const own = new Error('own');
      let writes = 0;
      class Wrong {
        @InvalidatesCache({
          tags: (_id: number): string[] => {
            throw own;
          },
        })
        async throwing(_id: number): Promise<void> {
          writes += 1;
        }
        @InvalidatesCache({ tags: ((id: number) => [id]) as unknown as (id: number) => string[] })
        async ofNumbers(_id: number): Promise<void> {
          writes += 1;
        }
        @InvalidatesCache({ tags: ((id: number) => `book:${id}`) as unknown as (id: number) => string[] })
        async ofText(_id: number): Promise<void> {
          writes += 1;
        }
      }
      const wrong = new Wrong();
      expect(await wrong.throwing(1).catch((error: unknown) => error)).to.equal(own);
      await expectCacheRejection(wrong.ofNumbers(1), 'ERR_CACHE_TAG_INVALID', '`tags`', '1');
      await expectCacheRejection(wrong.ofText(1), 'ERR_CACHE_TAG_INVALID', '`tags`', '"book:1"');
      expect(writes).to.equal(0);
    });

    describe('whose `fromResult` fails', () => {
      const own = new Error('own');
      const failing = (): string[] => {
        throw own;
      };
      class Writers {
        @InvalidatesCache({ tags: ['a'] }, { tags: { fromResult: failing } }, { tags: { fromResult: () => ['b'] } })
        async lenient(): Promise<string> {
          return 'written';
        }
        @InvalidatesCache({
          keys: [{ tags: ['a'] }, { tags: { fromResult: () => ['b'] } }],
          tags: { fromResult: failing },
          strict: true,
        })
        async strict(): Promise<string> {
          return 'written';
        }
        @InvalidatesCache({ tags: { fromResult: (() => 'a') as unknown as () => string[] }, strict: true })
        async ofText(): Promise<string> {
          return 'written';
        }
      }

      it('answers all the same, and invalidates the others', async () => {
        const gone = await goneAfter(
          async () => {
            expect(await new Writers().lenient()).to.equal('written');
          },
          'a',
          'b',
        );
        expect(gone).to.deep.equal(['a', 'b']);
      });

      it('rejects with `strict`, and invalidates the others all the same', async () => {
        const gone = await goneAfter(
          async () => {
            expect(await new Writers().strict().catch((error: unknown) => error)).to.equal(own);
          },
          'a',
          'b',
        );
        expect(gone).to.deep.equal(['a', 'b']);
        await expectCacheRejection(new Writers().ofText(), 'ERR_CACHE_TAG_INVALID', '`tags.fromResult`');
      });
    });

    it('answers when the invalidation had to be queued, and an event tells; with `strict` it rejects and names the tags', async () => {
      const queued: unknown[] = [];
      cache.on('invalidation-queued', ({ keys, tags }) => queued.push([keys, tags]));
      class Writers {
        @InvalidatesCache(bookKey, { tags: ['a'] })
        async lenient(id: number): Promise<number> {
          return id;
        }
        @InvalidatesCache({ keys: [bookKey], tags: ['a', 'b'], strict: true })
        async strict(id: number): Promise<number> {
          return id;
        }
      }
      expect(await new Writers().strict(1), 'applied').to.equal(1);
      store.away = true;
      expect(await new Writers().lenient(1)).to.equal(1);
      const fragments = ['book:1', 'the tag "a"', 'the tag "b"'];
      await expectCacheRejection(new Writers().strict(1), 'ERR_CACHE_INVALIDATION_PENDING', ...fragments);
      expect(queued).to.deep.equal([
        [['book:1'], ['a']],
        [['book:1'], ['a', 'b']],
      ]);
      store.away = false;
      await cache.close();
    });

    it('ends loads in flight: what they load is not kept', async () => {
      let row = 'old';
      const reading = new Deferred();
      class Rows {
        @Cached({ key: 'row:{0}', ttl: '5m', tags: ['rows'] })
        async find(_id: number): Promise<string> {
          const read = row;
          await reading.promise;
          return read;
        }
        @InvalidatesCache({ tags: ['rows'] })
        async write(text: string): Promise<void> {
          row = text;
        }
      }
      const rows = new Rows();
      const early = rows.find(1);
      await settle();
      await rows.write('new');
      reading.resolve();
      expect(await early).to.equal('old');
      expect(await rows.find(1)).to.equal('new');
    });

    it('finds its cache when it is called, and gives tags no scope, neither of the cache nor of the instance', async () => {
      const other = createCache({ store: new MemoryStore(), scope: () => 'tenant' });
      class Scoped {
        readonly shop: string;
        constructor(shop: string) {
          this.shop = shop;
        }
        @Cached({ key: 'row', ttl: '5m', tags: ['rows'], scope: (self: Scoped) => self.shop, cache: () => other })
        async find(): Promise<object> {
          return {};
        }
        @InvalidatesCache({ tags: ['rows'], scope: (self: Scoped) => self.shop, cache: () => other })
        async write(): Promise<void> {
          // Nothing to be written.
        }
      }
      const [one, two] = [new Scoped('one'), new Scoped('two')];
      const before = [await one.find(), await two.find()];
      expect(before[0]).not.to.equal(before[1]);
      expect([await one.find(), await two.find()]).to.have.ordered.members(before);
      const gone = await goneAfter(() => one.write(), 'rows');
      expect(gone, 'in the default cache').to.deep.equal([]);
      const after = [await one.find(), await two.find()];
      expect(after.some((found) => before.includes(found))).to.equal(false);
    });
  });
});

describe('wrong tags', () => {
  const ofCached: readonly (readonly [title: string, tags: unknown, code: string, ...fragments: string[]])[] = [
    ['a text', 'a', 'ERR_CACHE_OPTION_INVALID', '`tags`', 'a list', '"a"'],
    ['null', null, 'ERR_CACHE_OPTION_INVALID', '`tags`', 'null'],
    ['a number', 7, 'ERR_CACHE_OPTION_INVALID', '`tags`', '7'],
    ['an empty text', ['a', ''], 'ERR_CACHE_TAG_INVALID', '`tags`', '1 to 256 characters', '""'],
    ['a list of numbers', [7], 'ERR_CACHE_TAG_INVALID', '`tags`', '7'],
    ['no fromValue', { fromArgs: ['a'] }, 'ERR_CACHE_OPTION_INVALID', '`tags.fromValue`', 'a function', 'undefined'],
    [
      'fromArgs of a text',
      { fromArgs: 'a', fromValue: () => [] },
      'ERR_CACHE_OPTION_INVALID',
      '`tags.fromArgs`',
      '"a"',
    ],
    ['fromArgs of numbers', { fromArgs: [7], fromValue: () => [] }, 'ERR_CACHE_TAG_INVALID', '`tags.fromArgs`', '7'],
  ];
  for (const [title, tags, code, ...fragments] of ofCached) {
    it(`(${title}) of @Cached throw when the class is defined, with the option, what was expected, and what was found`, () => {
      const options = { key: 'x', ttl: 5, tags } as CachedOptions;
      expectCacheError(() => Cached(options), code as 'ERR_CACHE_TAG_INVALID', ...fragments);
    });
  }

  const ofWriters: readonly (readonly [title: string, tags: unknown, code: string, ...fragments: string[]])[] = [
    ['a text', 'a', 'ERR_CACHE_OPTION_INVALID', '`tags`', 'a list', '"a"'],
    ['null', null, 'ERR_CACHE_OPTION_INVALID', '`tags`', 'null'],
    ['a number', 7, 'ERR_CACHE_OPTION_INVALID', '`tags`', '7'],
    ['an empty text', ['a', ''], 'ERR_CACHE_TAG_INVALID', '`tags`', '1 to 256 characters', '""'],
    ['a list of numbers', [7], 'ERR_CACHE_TAG_INVALID', '`tags`', '7'],
    ['fromResult that is no function', { fromResult: ['a'] }, 'ERR_CACHE_OPTION_INVALID', '`tags.fromResult`', 'array'],
    ['what readers take', { fromValue: () => [] }, 'ERR_CACHE_OPTION_INVALID', '`tags`', 'fromResult'],
  ];
  for (const [title, tags, code, ...fragments] of ofWriters) {
    it(`(${title}) of @InvalidatesCache throw when the class is defined, as an option and as an item`, () => {
      const given = { tags } as TagsToInvalidate;
      for (const define of [() => InvalidatesCache(given), () => InvalidatesCache('x', given)]) {
        expectCacheError(define, code as 'ERR_CACHE_TAG_INVALID', ...fragments);
      }
    });
  }

  it('(a key beside them in one item) throw: one of the two would be forgotten', () => {
    const given = { key: 'x', tags: ['a'] } as InvalidatesCacheOptions;
    for (const define of [() => InvalidatesCache(given), () => InvalidatesCache('y', given as TagsToInvalidate)]) {
      expectCacheError(define, 'ERR_CACHE_OPTION_INVALID', '`key`');
    }
  });

  it('(none at all) of @InvalidatesCache throw: nothing would ever be invalidated', () => {
    expectCacheError(() => InvalidatesCache({ keys: [], tags: [] }), 'ERR_CACHE_OPTION_INVALID', '`keys`');
    expectCacheError(() => InvalidatesCache({ tags: [] }), 'ERR_CACHE_OPTION_INVALID', '`keys`');
    const missing = { tags: undefined } as unknown as InvalidatesCacheOptions;
    expectCacheError(() => InvalidatesCache(missing), 'ERR_CACHE_OPTION_INVALID', '`keys`');
  });
});
