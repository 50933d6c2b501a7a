import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import { Redis } from 'ioredis';
import {
  Cached,
  CachedMany,
  CacheError,
  configureCache,
  createCache,
  InvalidatesCache,
  key,
  MemoryStore,
  TieredStore,
  UpdatesCache,
  type CachedManyOptions,
  type CachedOptions,
  type CacheOptions,
  type CachePolicyOptions,
  type CloseOptions,
  type EarlyRefreshOptions,
  type ExplainOptions,
  type InvalidatesCacheOptions,
  type KeyFromArguments,
  type KeyFromResult,
  type LockOptions,
  type ManyOptions,
  type MemoryStoreOptions,
  type SetOptions,
  type TagsFromResult,
  type TagsFromValue,
  type TagsToInvalidate,
  type TieredStoreOptions,
  type UpdatesCacheOptions,
  type WrapManyOptions,
  type WrapOptions,
} from 'freshkeep';
import {
  createDashboard,
  fastifyDashboard,
  type DashboardOptions,
  type FastifyDashboardOptions,
} from 'freshkeep/dashboard';
import {
  classCodec,
  FaithfulSerializer,
  RedisStore,
  RedlockRefreshLock,
  type BreakerOptions,
  type ClassWithPair,
  type FaithfulSerializerOptions,
  type RedisStoreOptions,
  type RedlockRefreshLockOptions,
} from 'freshkeep/redis';

import { EVENT_NAMES } from '../lib/cache/events.js';
import { expectCacheError } from './support/cache-errors.js';
import { SharedMedium, SharedMemoryStore } from './support/shared-memory-store.js';

/** For each option, which the compiler counts: a value that it cannot have, how that is shown, and the name in the message if it is another. */
type Wrong<O> = { readonly [N in keyof O]-?: readonly [value: unknown, shown: string, named?: string] };

/** One place where options are given. */
interface Place {
  readonly title: string;
  /** The sections of docs/options.md that have them. */
  readonly sections: readonly string[];
  /** Options that will do. */
  readonly right: () => object;
  readonly wrong: Wrong<Record<string, unknown>>;
  readonly give: (options: never) => unknown;
}

const POLICY: Wrong<CachePolicyOptions> = {
  ttl: [-1, '-1'],
  staleWhileRevalidate: ['5 minutes', '"5 minutes"'],
  staleIfError: [-1, '-1'],
  jitter: [2, '2'],
  earlyRefresh: ['yes', '"yes"'],
  storeIf: [7, '7'],
  when: [true, 'true'],
  tags: ['a', '"a"'],
  loadTimeout: [0, '0'],
  staleAfter: ['1w', '"1w"'],
  schema: [{}, 'an object'],
  lock: [true, 'true'],
};
const MANY: Wrong<ManyOptions> = { returns: ['set', '"set"'], storeAbsent: ['1m', '"1m"'], batchSize: [0, '0'] };
const CACHED: Wrong<CachedOptions> = {
  ...POLICY,
  key: [7, '7'],
  scope: ['a', '"a"'],
  cache: [{}, 'an object'],
};
const { ttl, staleWhileRevalidate, staleIfError, jitter, storeIf, tags, schema } = POLICY;
const CACHE: Wrong<CacheOptions> = {
  store: [{}, 'an object'],
  name: [7, '7'],
  scope: ['a', '"a"'],
  maxLoad: ['1 minute', '"1 minute"'],
  maxConcurrentLoads: [0, '0'],
  statistics: ['on', '"on"'],
  tracing: ['on', '"on"'],
};

const FASTIFY_DASHBOARD: Wrong<FastifyDashboardOptions> = {
  cache: [7, '7'],
  caches: [7, '7'],
  authorize: [true, 'true'],
  redactKeys: [true, 'true'],
  allowInvalidation: ['yes', '"yes"'],
  actions: [{}, 'an object'],
};

const DASHBOARD: Wrong<DashboardOptions> = { ...FASTIFY_DASHBOARD, path: ['cache', '"cache"'] };

const client = new Redis({ lazyConnect: true });
const cache = createCache({ store: new MemoryStore() });
const k = key`k`;
const reader = () => ({ key: 'x', ttl: 1 });

function place<O extends object>(
  title: string,
  sections: readonly string[],
  right: () => object,
  wrong: Wrong<O>,
  give: (options: never) => unknown,
): Place {
  return { title, sections, right, wrong: wrong, give };
}

const PLACES: readonly Place[] = [
  place<CachedOptions>('@Cached', ['`@Cached`'], reader, CACHED, (options) => Cached(options)),
  place<CachedManyOptions>('@CachedMany', ['`@Cached`', '`@CachedMany`'], reader, { ...CACHED, ...MANY }, (options) =>
    CachedMany(options),
  ),
  place<UpdatesCacheOptions>(
    '@UpdatesCache',
    ['`@UpdatesCache`'],
    reader,
    {
      ...{ ttl, staleWhileRevalidate, staleIfError, jitter, storeIf, tags, schema },
      key: CACHED.key,
      scope: CACHED.scope,
      cache: CACHED.cache,
      strict: ['yes', '"yes"'],
    },
    (options) => UpdatesCache(options),
  ),
  place<InvalidatesCacheOptions>(
    '@InvalidatesCache',
    ['`@InvalidatesCache`'],
    () => ({ keys: ['x'] }),
    {
      keys: ['x', '"x"'],
      tags: ['a', '"a"'],
      repeatAfter: [0, '0'],
      strict: ['yes', '"yes"'],
      scope: CACHED.scope,
      cache: CACHED.cache,
    },
    (options) => InvalidatesCache(options),
  ),
  place<KeyFromArguments>(
    'an item { key, args }',
    ['`@InvalidatesCache`'],
    () => ({ key: 'x', args: () => [] }),
    { key: [7, '7', 'keys'], args: [7, '7'] },
    (item) => InvalidatesCache('y', item),
  ),
  place<KeyFromResult>(
    'an item { key, fromResult }',
    ['`@InvalidatesCache`'],
    () => ({ key: 'x', fromResult: () => [] }),
    { key: [7, '7', 'keys'], fromResult: [7, '7'] },
    (item) => InvalidatesCache({ keys: ['y', item] }),
  ),
  place<TagsToInvalidate>(
    'an item { tags }',
    ['`@InvalidatesCache`'],
    () => ({ tags: ['a'] }),
    { tags: ['a', '"a"'] },
    (item) => InvalidatesCache('y', item),
  ),
  place<TagsFromResult>(
    'tags of a writer',
    ['`@InvalidatesCache`'],
    () => ({ fromResult: () => [] }),
    { fromResult: [7, '7', 'tags.fromResult'] },
    (given) => InvalidatesCache({ tags: given }),
  ),
  place<TagsFromValue>(
    'tags of a reader',
    ['`@Cached`'],
    () => ({ fromValue: () => [] }),
    { fromArgs: ['a', '"a"', 'tags.fromArgs'], fromValue: [7, '7', 'tags.fromValue'] },
    (given) => Cached({ ...reader(), tags: given }),
  ),
  place<LockOptions>(
    'lock',
    ['`@Cached`'],
    () => ({}),
    { lease: ['10ms', '"10ms"', 'lock.lease'], wait: [-1, '-1', 'lock.wait'] },
    (lock) => Cached({ ...reader(), lock }),
  ),
  place<EarlyRefreshOptions>(
    'earlyRefresh',
    ['`@Cached`'],
    () => ({}),
    { beta: [0, '0', 'earlyRefresh'] },
    (earlyRefresh) => Cached({ ...reader(), earlyRefresh }),
  ),
  place<WrapOptions<unknown, []>>('wrap', ['`wrap`', '`@Cached`'], reader, { ...POLICY, key: CACHED.key }, (options) =>
    cache.wrap(async () => 1, options),
  ),
  place<WrapManyOptions<unknown, []>>(
    'wrapMany',
    ['`wrap`', '`@Cached`'],
    reader,
    { ...POLICY, ...MANY, key: CACHED.key },
    (options) => cache.wrapMany(async () => new Map(), options),
  ),
  place<CachePolicyOptions>(
    'getOrLoad',
    ['`wrap`', '`@Cached`'],
    () => ({ ttl: 1 }),
    POLICY,
    (options) => cache.getOrLoad(k, () => 1, options),
  ),
  place<SetOptions>(
    'set',
    ['`wrap`'],
    () => ({ ttl: 1 }),
    { ttl, staleWhileRevalidate, staleIfError, jitter, tags },
    (options) => cache.set(k, 1, options),
  ),
  place<CacheOptions>(
    'createCache',
    ['`createCache`'],
    () => ({ store: new MemoryStore() }),
    CACHE,
    (options) => createCache(options),
  ),
  place<CacheOptions>(
    'configureCache',
    ['`createCache`'],
    () => ({ store: new MemoryStore() }),
    CACHE,
    (options) => configureCache(options),
  ),
  place<CloseOptions>(
    'close',
    ['`close`'],
    () => ({}),
    { timeout: [-1, '-1'] },
    (options) => createCache({ store: new MemoryStore() }).close(options),
  ),
  place<ExplainOptions>(
    'explain',
    ['`explain`'],
    () => ({}),
    { values: ['yes', '"yes"'] },
    (options) => cache.explain(k, options),
  ),
  place<MemoryStoreOptions>(
    'MemoryStore',
    ['`MemoryStore`'],
    () => ({}),
    { maxEntries: [0, '0'], maxBytes: ['1mb', '"1mb"'], sizeOf: [7, '7'], isolation: ['copy', '"copy"'] },
    (options) => new MemoryStore(options),
  ),
  place<RedisStoreOptions>(
    'RedisStore',
    ['`RedisStore`'],
    () => ({ client }),
    {
      client: [{}, 'an object'],
      prefix: ['a b', '"a b"'],
      serializer: [{}, 'an object'],
      classes: [[Date], 'function Date', 'classes[0]'],
      compressAbove: ['2kB', '"2kB"'],
      decodedBytes: [-1, '-1'],
      deadline: [0, '0'],
      breaker: [true, 'true'],
      lockClients: [[], 'an array of 0'],
    },
    (options) => new RedisStore(options),
  ),
  place<BreakerOptions>(
    'breaker',
    ['`RedisStore`'],
    () => ({}),
    { failures: [0, '0', 'breaker.failures'] },
    (breaker) => new RedisStore({ client, breaker }),
  ),
  place<TieredStoreOptions>(
    'TieredStore',
    ['`TieredStore`'],
    () => ({ l1: new MemoryStore(), l2: new SharedMemoryStore(new SharedMedium()) }),
    {
      l1: [7, '7'],
      l2: [7, '7'],
      l1Ttl: [0, '0'],
      heartbeat: ['1 second', '"1 second"'],
      maxSilence: ['1ms', '"1ms"'],
    },
    (options) => new TieredStore(options),
  ),
  place<FaithfulSerializerOptions>(
    'FaithfulSerializer',
    ['`FaithfulSerializer`'],
    () => ({}),
    { classes: [7, '7'] },
    (options) => new FaithfulSerializer(options),
  ),
  place<ClassWithPair<object, unknown>>(
    'classCodec',
    ['`FaithfulSerializer`'],
    () => ({ name: 'X', class: class X {}, encode: () => 1, decode: () => ({}) }),
    { name: ['', '""'], class: [7, '7'], encode: [7, '7'], decode: [7, '7'] },
    (options) => classCodec(options),
  ),
  place<RedlockRefreshLockOptions>(
    'RedlockRefreshLock',
    ['`RedlockRefreshLock`'],
    () => ({ clients: [client], resourceOf: String, deadline: 500 }),
    { clients: [[], 'an array of 0'], resourceOf: ['lock', '"lock"'], deadline: ['1s', '"1s"'], refusal: [7, '7'] },
    (options) => new RedlockRefreshLock(options),
  ),
  place<DashboardOptions>(
    'createDashboard',
    ['`createDashboard`'],
    () => ({ cache }),
    DASHBOARD,
    (options) => createDashboard(options),
  ),
  place<FastifyDashboardOptions>(
    'fastifyDashboard',
    ['`createDashboard`'],
    () => ({ cache }),
    FASTIFY_DASHBOARD,
    (options) => fastifyDashboard(options),
  ),
];

/** What is told of wrong options, at once or by a promise. */
async function refusalOf(give: Place['give'], options: object): Promise<string> {
  try {
    await give(options as never);
  } catch (error) {
    expect(error).to.be.instanceOf(CacheError);
    expect((error as CacheError).code).to.be.oneOf(['ERR_CACHE_OPTION_INVALID', 'ERR_CACHE_DURATION_INVALID']);
    return (error as CacheError).message;
  }
  return 'nothing';
}

/** The sections of docs/options.md, by their titles. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const [, ...sections] = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8').split(/^## /m);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));
}

describe('Options', () => {
  const sections = sectionsOf('options.md');

  for (const { title, sections: titles, right, wrong, give } of PLACES) {
    describe(`of ${title}`, () => {
      const names = Object.keys(wrong);

      it('are taken where they are right', async () => {
        expect(await refusalOf(give, right())).to.equal('nothing');
      });

      for (const [name, [value, shown, named = name]] of Object.entries(wrong)) {
        it(`are refused with a wrong \`${name}\`, its name, what was expected, and what was found`, async () => {
          const message = await refusalOf(give, { ...right(), [name]: value });
          expect(message)
            .to.match(/^Expected .*`/)
            .and.to.include(`\`${named}\``)
            .and.to.include(`got ${shown}`);
        });
      }

      it('are refused with a misspelt name, and the one that was meant, and all that are known', async () => {
        const longest = names.reduce((one, other) => (other.length > one.length ? other : one));
        const misspelt = longest.slice(0, 1) + longest.slice(2);
        const message = await refusalOf(give, { ...right(), [misspelt]: undefined });
        expect(message).to.match(/^Expected `.*` to have known options only/);
        expect(message).to.include(`got "${misspelt}": did you mean \`${longest}\`?`);
        const known = /\(known: (.*)\)$/.exec(message)?.[1];
        expect(known?.split(', ').sort()).to.deep.equal(names.map((name) => `\`${name}\``).sort());
      });

      it('are all in docs/options.md', () => {
        const found = [...sections].filter(([heading]) => titles.some((section) => heading.includes(section)));
        expect(found).to.have.lengthOf(titles.length);
        const code = found.flatMap(([, section]) => section.match(/`[^`\n]+`/g) ?? []).join(' ');
        expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).to.deep.equal([]);
      });
    });
  }

  it('are told from what was meant to be one of them', () => {
    const store = new MemoryStore();
    const wrong: readonly (readonly [give: () => unknown, ...fragments: string[]])[] = [
      [() => createCache(store as never), 'an object with options (`store`, ', 'got an instance of MemoryStore'],
      [() => new TieredStore(store as never), 'an object with options (`l1`, `l2`, ', 'an instance of MemoryStore'],
      [() => new RedisStore(client as never), 'an object with options (`client`, ', 'got an instance of'],
      [() => createCache([store] as never), 'an object with options (`store`, ', 'got an array of 1'],
    ];
    for (const [give, ...fragments] of wrong) expectCacheError(give, 'ERR_CACHE_OPTION_INVALID', ...fragments);
  });

  it('of a RedisStore have no deadline of minutes, where milliseconds are meant', () => {
    expectCacheError(
      () => new RedisStore({ client, deadline: 500 }),
      'ERR_CACHE_DURATION_INVALID',
      '`deadline`',
      "at most 60s, as seconds (60) or a string with a unit ('250ms'",
      'got 500',
    );
    expect(() => new RedisStore({ client, deadline: '1m' })).not.to.throw();
  });

  it('of @InvalidatesCache are told from an item by its key', () => {
    const wrong: readonly (readonly [given: object, place: string, found: string])[] = [
      [{ kyes: ['x'] }, '`options`', '"kyes": did you mean `keys`?'],
      [{ strict: true }, '`keys`', 'an array of 0'],
      [{ key: 'x', strict: true }, '`keys[0]`', '"strict"'],
      [{ key: 'x', agrs: () => [] }, '`keys[0]`', '"agrs": did you mean `args`?'],
      [{ key: 'x', args: () => [], fromResult: () => [] }, '`keys[0]`', '"args"'],
    ];
    for (const [given, ...fragments] of wrong) {
      expectCacheError(() => InvalidatesCache(given as never), 'ERR_CACHE_OPTION_INVALID', ...fragments);
    }
  });
});

describe('Events', () => {
  it('that do not exist are refused by `on` and `off`', () => {
    const listener = () => undefined;
    const message = 'Expected `name` to be a known name, got "hti": did you mean `hit`? (known: `hit`, `stale-hit`,';
    expectCacheError(() => cache.on('hti' as 'hit', listener), 'ERR_CACHE_OPTION_INVALID', message);
    expectCacheError(() => cache.off('hti' as 'hit', listener), 'ERR_CACHE_OPTION_INVALID', message);
  });

  it('are refused a listener that is none', () => {
    const message = 'Expected `listener` to be a function, got undefined';
    expectCacheError(() => cache.on('hit', undefined as never), 'ERR_CACHE_OPTION_INVALID', message);
    expectCacheError(() => cache.off('hit', undefined as never), 'ERR_CACHE_OPTION_INVALID', message);
  });

  it('are all in docs/events.md', () => {
    const text = readFileSync(new URL('../docs/events.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(documented.sort()).to.deep.equal(Object.keys(EVENT_NAMES).sort());
  });
});
