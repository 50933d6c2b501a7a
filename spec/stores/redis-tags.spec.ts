import { once } from 'node:events';
import { deserialize, serialize } from 'node:v8';

import { expect } from 'chai';
import { Redis, type RedisOptions } from 'ioredis';
import { createCache, key, type Cache, type CachePolicyOptions } from 'freshkeep';
import { RedisStore, type Serializer } from 'freshkeep/redis';

import { ADVANCE_CLOCK, RENEW_ONE } from '../../lib/stores/redis/tag-scripts.js';
import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeRedis, connectRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';
import { until } from '../support/until.js';

const DAY = 86_400_000;

const k = key`k`;
const ttl = '1m';

type Text = CachePolicyOptions<string, []>;

const PLAIN: Text = { ttl };
const KNOWN: Text = { ttl, tags: ['a', 'b'] };
const LATE: Text = { ttl, tags: { fromValue: () => ['a', 'b'] } };
const BOTH: Text = { ttl, tags: { fromArgs: ['a'], fromValue: () => ['b'] } };
const TAGGINGS = [
  ['known from the arguments', KNOWN],
  ['told by the value', LATE],
  ['of both kinds', BOTH],
] as const;

/** Commands about one prefix: those that clients sent, and what scripts did inside the server. */
class Monitor {
  readonly #sent: string[] = [];
  #inScripts = 0;

  constructor(connection: Redis, prefix: string) {
    connection.on('monitor', (_time: unknown, args: string[], source: string) => {
      if (!args.some((arg) => arg.startsWith(`${prefix}:`))) return;
      if (source === 'lua') this.#inScripts += 1;
      else this.#sent.push((args[0] ?? '').toLowerCase());
    });
  }

  async take(client: Redis): Promise<{ sent: string[]; inScripts: number }> {
    await client.ping();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const inScripts = this.#inScripts;
    this.#inScripts = 0;
    return { sent: this.#sent.splice(0), inScripts };
  }
}

/** Counts round trips: commands that were sent before the first of them was answered are one. */
class RoundTrips {
  count = 0;
  readonly client: Redis;
  #answered = true;

  constructor(client: Redis) {
    const names = ['get', 'getBuffer', 'mget', 'mgetBuffer', 'evalsha', 'evalshaBuffer', 'eval', 'srem', 'hmget'];
    const counted = names.map((name) => [name, { value: this.#counting(client, name) }] as const);
    this.client = Object.create(client, Object.fromEntries(counted)) as Redis;
  }

  take(): number {
    const { count } = this;
    this.count = 0;
    this.#answered = true;
    return count;
  }

  #counting(client: Redis, name: string) {
    return (...args: unknown[]): Promise<unknown> => {
      if (this.#answered) this.count += 1;
      this.#answered = false;
      const answer = Reflect.apply(Reflect.get(client, name) as () => unknown, client, args) as Promise<unknown>;
      return answer.finally(() => (this.#answered = true));
    };
  }
}

describeInOneDialect('Tags in Redis', () => {
  let prefix: string;
  let client: Redis;
  let cache: Cache;
  const clients: Redis[] = [];

  beforeEach(async () => {
    prefix = uniquePrefix();
    client = await sharedRedis();
    clients.push(client);
    cache = createCache({ store: new RedisStore({ client, prefix }) });
  });

  afterEach(async () => {
    await cache.close();
    closeRedis(...clients.splice(0));
  });

  const tagKey = (tag: string) => `${prefix}:{${tag}}:tag`;
  const entryKey = (of: { readonly text: string }) => `${prefix}:{${of.text}}`;
  const stored = async (of = k) => (await client.exists(entryKey(of))) === 1;

  /** Another process over the same Redis, or a fresh one with other options. */
  function another(options: Omit<RedisOptions, 'replyMapping'> = {}, serializer?: Serializer): Cache {
    const own = new Redis({ port: sharedRedisPort(), host: '127.0.0.1', ...options });
    clients.push(own);
    return createCache({ store: new RedisStore({ client: own, prefix, ...(serializer && { serializer }) }) });
  }

  describe('cost', () => {
    let watcher: Redis;
    let monitor: Monitor;

    beforeEach(async () => {
      const plain = await connectRedis(sharedRedisPort());
      watcher = await plain.monitor();
      plain.disconnect();
      clients.push(watcher);
      monitor = new Monitor(watcher, prefix);
      // Scripts that the server does not know yet are sent twice.
      for (const [index, policy] of [KNOWN, LATE, PLAIN, PLAIN].entries()) {
        await cache.getOrLoad(key`warm:${index}`, () => 'value', policy);
        await until(() => stored(key`warm:${index}`));
      }
      await cache.invalidateTags('cold');
      await monitor.take(client);
    });

    for (const [title, policy, hit] of [
      ['no command more for a hit, where they are known from the arguments', KNOWN, ['mget']],
      ['one command more for a hit, where the value alone tells them', LATE, ['get', 'mget']],
      ['one command more for a hit, where the value tells some', BOTH, ['mget', 'mget']],
      [
        'no command more for a hit with a stale window, where they are known',
        { ...KNOWN, staleWhileRevalidate: '1m' },
        ['mget'],
      ],
    ] as const) {
      it(title, async () => {
        await cache.getOrLoad(k, () => 'value', policy);
        await until(() => stored());
        await monitor.take(client);
        expect(await cache.getOrLoad(k, () => 'other', policy)).to.equal('value');
        expect((await monitor.take(client)).sent).to.deep.equal(hit);
      });
    }

    it('no command for calls without tags, and for those whose function gives none', async () => {
      for (const policy of [{ ttl }, { ttl, tags: [] }, { ttl, tags: () => [] }] satisfies Text[]) {
        let before: string[] = [];
        const load = async () => ((before = (await monitor.take(client)).sent), 'value');
        await cache.getOrLoad(k, load, policy);
        expect(before).to.deep.equal(['get', 'evalsha', 'evalsha']);
        await until(() => stored());
        expect((await monitor.take(client)).sent.filter((command) => command === 'evalsha')).to.have.length(2);
        await cache.getOrLoad(k, () => 'other', policy);
        expect((await monitor.take(client)).sent).to.deep.equal(['get']);
        await cache.invalidate(k);
        await monitor.take(client);
      }
    });

    it('one command for an invalidation, and the same work in Redis however many entries there are', async () => {
      const work: number[] = [];
      for (const entries of [1, 200]) {
        const keys = Array.from({ length: entries }, (_, id) => key`of:${entries}:${id}`);
        await Promise.all(keys.map((of) => cache.set(of, 'value', { ttl, tags: ['a', 'b'] })));
        await monitor.take(client);
        expect(await cache.invalidateTags('a', 'b')).to.equal('applied');
        const { sent, inScripts } = await monitor.take(client);
        expect(sent).to.deep.equal(['evalsha']);
        work.push(inScripts);
        const left = await Promise.all(keys.map((of) => cache.get(of)));
        expect(left.every((value) => value === undefined)).to.equal(true);
      }
      expect(work[1]).to.equal(work[0]);
    });

    it('one command for an invalidation of keys and tags together', async () => {
      const store = new RedisStore({ client, prefix });
      await store.invalidate(['k', 'l'], ['a', 'b']);
      expect((await monitor.take(client)).sent).to.deep.equal(['evalsha']);
    });

    for (const [title, policy, after] of [
      ['one after it where all tags are known', KNOWN, 1],
      ['two after it where the value tells some, for which no caller waits', BOTH, 2],
    ] as const) {
      it(`two round trips before the load of a miss, and ${title}`, async () => {
        const trips = new RoundTrips(client);
        const counted = createCache({ store: new RedisStore({ client: trips.client, prefix }) });
        const unlocked: Text = { ...policy, lock: false };
        let before = 0;
        await counted.getOrLoad(k, async () => ((before = trips.take()), 'value'), unlocked);
        expect(before).to.equal(2);
        await until(() => stored());
        await counted.close();
        expect(trips.take()).to.equal(after);
      });
    }

    it('one command for the hits of one turn, whatever their tags', async () => {
      const ids = Array.from({ length: 30 }, (_, id) => id);
      const find = (id: number) =>
        cache.getOrLoad(key`many:${id}`, () => `value ${id}`, { ttl, tags: [`of ${id % 7}`, `is ${id}`] });
      await Promise.all(ids.map(find));
      await until(async () => (await Promise.all(ids.map((id) => stored(key`many:${id}`)))).every(Boolean));
      await Promise.all([find(0), find(1)]);
      await monitor.take(client);
      expect(await Promise.all(ids.map(find))).to.deep.equal(ids.map((id) => `value ${id}`));
      expect((await monitor.take(client)).sent).to.deep.equal(['mget']);
    });
  });

  describe('leave nothing behind', () => {
    it('that never expires, but for the position of the bus; and no ticket, lock or tag without use', async () => {
      for (const [index, [, policy]] of TAGGINGS.entries()) {
        await cache.getOrLoad(key`k:${index}`, () => 'value', { ...policy, staleWhileRevalidate: '1m' });
      }
      await cache.getOrLoad(key`fails`, () => Promise.reject(new Error('x')), KNOWN).catch(() => undefined);
      await cache.getOrLoad(key`unstored`, () => 'value', { ...LATE, storeIf: () => false });
      await cache.set(key`set`, 'value', { ttl, tags: ['c'] });
      await cache.invalidateTags('a', 'b', 'd');
      await cache.close();
      const names = (await client.keys(`${prefix}:*`)).sort();
      const entries = ['{k:0}', '{k:1}', '{k:2}', '{set}'].flatMap((name) =>
        name === '{set}' ? [name] : [name, `${name}:fresh`],
      );
      const tags = ['{a}:tag', '{b}:tag', '{c}:tag', '{d}:tag'];
      expect(names).to.deep.equal([...tags, 'bus', ...entries].map((name) => `${prefix}:${name}`).sort());
      for (const name of names) {
        const life = await client.pttl(name);
        if (name.endsWith(':bus')) expect(life).to.equal(-1);
        else if (name.endsWith(':tag')) expect(life, name).to.be.within(30 * DAY + 1, 31 * DAY);
        else expect(life, name).to.be.within(1, 120_000);
      }
      expect((await client.hkeys(`${prefix}:bus`)).sort()).to.deep.equal(['epoch', 'sequence', 'tags']);
    });

    for (const [ttl, staleWhileRevalidate] of [
      ['30d', 0],
      ['60d', '1d'],
      ['29.5d', '1d'],
    ] as const) {
      it(`but an entry that can be read, whatever its lifetime: ${ttl}, ${staleWhileRevalidate}, staleIfError 2d`, async () => {
        const policy = { ttl, staleWhileRevalidate, staleIfError: '2d', tags: ['a'] } as const;
        await cache.getOrLoad(k, () => 'value', policy);
        await until(async () => (await client.exists(entryKey(k))) === 1);
        expect(await cache.getOrLoad(k, () => 'loaded again', policy)).to.equal('value');
      });
    }

    it('of an entry with tags after 30 days, whatever its ttl; a tag outlives its last entry', async () => {
      const long: Text = { ttl: '90d', staleWhileRevalidate: '90d' };
      for (const [index, [, policy]] of TAGGINGS.entries()) {
        const of = key`k:${index}`;
        await cache.getOrLoad(of, () => 'value', { ...policy, ...long });
        await until(() => stored(of));
        expect(await client.pttl(entryKey(of))).to.be.within(30 * DAY - 10_000, 30 * DAY);
      }
      await cache.set(key`set`, 'value', { ttl: '20d', staleWhileRevalidate: '90d', tags: ['a'] });
      expect(await client.pttl(entryKey(key`set`))).to.be.within(30 * DAY - 10_000, 30 * DAY);
      expect(await client.pttl(`${entryKey(key`set`)}:fresh`)).to.be.within(20 * DAY - 10_000, 20 * DAY);
      for (const tag of ['a', 'b']) expect(await client.pttl(tagKey(tag))).to.be.above(30 * DAY + DAY / 2);
      await cache.getOrLoad(key`plain`, () => 'value', { ttl: '90d' });
      await until(() => stored(key`plain`));
      expect(await client.pttl(entryKey(key`plain`))).to.be.above(89 * DAY);
    });

    it('of a tag that is used: its life begins anew with each load', async () => {
      await cache.set(k, 'value', { ttl, tags: ['a', 'b'] });
      for (const [, policy] of TAGGINGS) {
        for (const tag of ['a', 'b']) await client.pexpire(tagKey(tag), 50_000);
        await cache.invalidate(k);
        await cache.getOrLoad(k, () => 'value', policy);
        await until(() => stored());
        for (const tag of ['a', 'b']) expect(await client.pttl(tagKey(tag))).to.be.above(30 * DAY);
      }
    });
  });

  describe('that Redis has lost', () => {
    for (const [title, policy] of TAGGINGS) {
      it(`make their entries none, which never come back, whatever happens later, where tags are ${title}`, async () => {
        await cache.getOrLoad(k, () => 'old', policy);
        await until(() => stored());
        const payload = await client.getBuffer(entryKey(k));
        await client.del(tagKey('a'));
        const expectNone = async (when: string) => {
          await client.set(entryKey(k), payload!, 'PX', 60_000);
          expect(await cache.get(k), when).to.equal(undefined);
        };
        await expectNone('at once');
        await cache.set(key`other`, 'value', { ttl, tags: ['a'] });
        await expectNone('once the tag is in use again');
        await cache.invalidateTags('a');
        await expectNone('once it was invalidated');
        await cache.invalidateTags('b');
        await client.del(tagKey('a'), tagKey('b'), `${prefix}:bus`);
        await cache.getOrLoad(key`more`, () => 'value', policy);
        await expectNone('once the clock of tags was lost too');
        expect(await cache.getOrLoad(k, () => 'new', policy)).to.equal('new');
      });

      it(`refuse a fill when that happens during its load, where tags are ${title} and were invalidated before`, async () => {
        await cache.set(key`other`, 'value', { ttl, tags: ['a', 'b'] });
        const refused: string[] = [];
        cache.on('fill-refused', ({ key: text }) => refused.push(text));
        await cache.getOrLoad(
          k,
          async () => {
            await another().invalidateTags('a');
            await client.del(tagKey('a'));
            return 'old';
          },
          policy,
        );
        await until(() => refused.length === 1);
        expect(await stored()).to.equal(false);
      });
    }

    it('leave other entries alone', async () => {
      await cache.set(k, 'value', { ttl, tags: ['b'] });
      await cache.set(key`plain`, 'value', { ttl });
      await client.del(tagKey('a'));
      expect([await cache.get(k), await cache.get(key`plain`)]).to.deep.equal(['value', 'value']);
    });

    it('with their clock alone keep their entries; a load under way that learns of one by its value is not stored', async () => {
      await cache.set(key`before`, 'value', { ttl, tags: ['a', 'b'] });
      const outcomes: string[] = [];
      for (const name of ['fill', 'fill-refused'] as const) {
        cache.on(name, ({ key: text }) => outcomes.push(`${name} ${text}`));
      }
      for (const [index, [, policy]] of TAGGINGS.entries()) {
        const load = async () => (await client.del(`${prefix}:bus`), 'value');
        await cache.getOrLoad(key`k:${index}`, load, policy);
        await until(() => outcomes.length === index + 1);
      }
      expect(outcomes).to.deep.equal(['fill k:0', 'fill-refused k:1', 'fill-refused k:2']);
      expect(await cache.get(key`before`)).to.equal('value');
      await client.del(`${prefix}:bus`);
      await cache.invalidateTags('a');
      expect([await cache.get(key`before`), await cache.get(key`k:${0}`)]).to.deep.equal([undefined, undefined]);
      await cache.getOrLoad(key`k:${1}`, () => 'new', LATE);
      await until(() => outcomes.length === 4);
      expect(await cache.get(key`k:${1}`)).to.equal('new');
    });
  });

  for (const [title, policy] of TAGGINGS) {
    it(`are invalidated by another process during a load, ${title}: those who joined start over, stored or not`, async () => {
      for (const storeIf of [() => true, () => false]) {
        const elsewhere = another();
        const old = new Deferred<string>();
        const begun = new Deferred();
        const unlocked: Text = { ...policy, storeIf, lock: false };
        const leader = cache.getOrLoad(k, () => (begun.resolve(), old.promise), unlocked);
        await begun.promise;
        await elsewhere.invalidateTags('b');
        const joined = cache.getOrLoad(k, async () => 'new', unlocked);
        await new Promise((resolve) => setTimeout(resolve, 20));
        old.resolve('old');
        expect([await leader, await joined]).to.deep.equal(['old', 'new']);
        await elsewhere.close();
        await cache.invalidate(k);
      }
    });
  }

  for (const options of [
    { protocol: 2 },
    { stringNumbers: true },
    { enableAutoPipelining: true },
    { protocol: 2, stringNumbers: true, enableAutoPipelining: true },
    { db: 2 },
  ] as const) {
    it(`work for clients with ${JSON.stringify(options)}`, async () => {
      const own = another(options);
      const own2 = another(options);
      for (const [title, policy] of TAGGINGS) {
        for (const extra of [{}, { staleWhileRevalidate: '1m' }] as const) {
          let loads = 0;
          const find = (from: Cache) => from.getOrLoad(k, () => `value ${(loads += 1)}`, { ...policy, ...extra });
          const fills = new Promise((resolve) => own.on('fill', resolve));
          expect(await find(own), title).to.equal('value 1');
          await fills;
          expect(await find(own2), title).to.equal('value 1');
          expect(await own2.invalidateTags('b')).to.equal('applied');
          expect([await own.get(k), await own2.get(k)]).to.deep.equal([undefined, undefined]);
          const refused = new Promise((resolve) => own.on('fill-refused', resolve));
          await own.getOrLoad(k, async () => (await own2.invalidateTags('a'), 'old'), { ...policy, ...extra });
          await refused;
          expect(await own.get(k)).to.equal(undefined);
        }
      }
      expect(own.health().breaker).to.equal('closed');
      await Promise.all([own.close(), own2.close()]);
    });
  }

  describe('in the header of an entry', () => {
    const binary: Serializer = {
      id: 'v8',
      serialize: (value) => serialize(value),
      deserialize: (body) => deserialize(body) as unknown,
    };
    const texts = [
      'ä€😀',
      'line\nbreak',
      '"quoted" \\',
      '\u2028',
      '\u0000',
      '__proto__',
      'constructor',
      'x'.repeat(256),
    ];

    for (const [title, serializer] of [
      ['that is read as text', undefined],
      ['that is read as bytes', binary],
    ] as const) {
      it(`are ASCII, whatever they are; the body of any alphabet, ${title}, comes back whole`, async () => {
        const own = another({}, serializer);
        const value = { text: 'ä€😀\n'.repeat(50), more: '\n fk1 {"tags":[]}' };
        for (const tags of [...texts.map((text) => [text]), texts, Array.from({ length: 100 }, (_, n) => `ä${n}`)]) {
          await own.set(k, value, { ttl, staleWhileRevalidate: '1m', tags });
          const payload = await client.getBuffer(entryKey(k));
          const header = payload!.subarray(0, payload!.indexOf(10));
          expect(header.every((byte) => byte >= 32 && byte <= 126)).to.equal(true);
          expect(await own.get(k)).to.deep.equal(value);
          expect(await own.getOrLoad(k, () => ({ text: 'loaded', more: '' }), { ttl, tags })).to.deep.equal(value);
          await own.invalidateTags(tags[0]!);
          expect(await own.get(k), tags[0]).to.equal(undefined);
        }
        await own.close();
      });
    }

    const corrupt: readonly (readonly [title: string, notes: (version: string) => string])[] = [
      ['cut JSON', () => '{"tags":[["a"'],
      ['no JSON', () => 'tags'],
      ['nothing', () => ''],
      ['a number', () => '7'],
      ['null', () => 'null'],
      ['a text', () => '"tags"'],
      ['a list', (version) => `[["a","${version}"]]`],
      ['no tags', () => '{}'],
      ['an empty list of tags', () => '{"tags":[]}'],
      ['tags that are no list', (version) => `{"tags":{"a":"${version}"}}`],
      ['tags without versions', () => '{"tags":["a"]}'],
      ['one tag that is no pair', (version) => `{"tags":[["a","${version}"],["b"]]}`],
      ['a triple', (version) => `{"tags":[["a","${version}","x"]]}`],
      ['a version that is a number', () => '{"tags":[["a",7]]}'],
      ['a version that is null', () => '{"tags":[["a",null]]}'],
      ['tags of a prototype', (version) => `{"__proto__":{"tags":[["a","${version}"]]}}`],
    ];
    for (const [title, notes] of corrupt) {
      it(`(${title}) make it a miss, which is told, and overwritten by the next fill`, async () => {
        const unreadable: unknown[] = [];
        cache.on('entry-unreadable', ({ key: text, error }) =>
          unreadable.push([text, Reflect.get(error as Error, 'code')]),
        );
        await cache.set(k, 'old', { ttl, tags: ['a'] });
        const payload = (await client.get(entryKey(k)))!;
        const version = (await client.get(tagKey('a')))!;
        const [header, body] = [payload.slice(0, payload.indexOf(' {')), payload.slice(payload.indexOf('\n'))];
        const whole = `{"tags":[["a","${version}"]]}`;
        expect(`${header} ${whole}${body}`, 'the format of an entry').to.equal(payload);
        await client.set(entryKey(k), `${header} ${notes(version)}${body}`);
        expect(await cache.get(k)).to.equal(undefined);
        expect(unreadable).to.deep.equal([['k', 'ERR_CACHE_ENTRY_UNREADABLE']]);
        for (const policy of [LATE, { ttl, tags: ['a'] }] satisfies Text[]) {
          await client.set(entryKey(k), `${header} ${notes(version)}${body}`);
          expect(await cache.getOrLoad(k, () => 'new', policy)).to.equal('new');
          await until(async () => (await cache.get(k)) === 'new');
        }
        expect(({} as { tags?: unknown }).tags).to.equal(undefined);
      });
    }

    it('that name an inherited property, or a version that nobody has, make it none', async () => {
      await cache.set(k, 'old', { ttl, tags: ['a'] });
      const payload = (await client.get(entryKey(k)))!;
      const [header, body] = [payload.slice(0, payload.indexOf(' {')), payload.slice(payload.indexOf('\n'))];
      for (const notes of ['[["__proto__","x"]]', '[["toString","function"]]', '[["a",""]]', '[["a","0-0"]]']) {
        await client.set(entryKey(k), `${header} {"tags":${notes}}${body}`);
        expect(await cache.get(k), notes).to.equal(undefined);
        expect(await cache.getOrLoad(k, () => 'new', { ttl, storeIf: () => false }), notes).to.equal('new');
      }
    });
  });
});

describeInOneDialect('Tags in a Redis of their own', () => {
  let server: RedisServer;
  let client: Redis;
  let cache: Cache;

  beforeEach(async () => {
    server = await startRedis();
    client = new Redis(server.port, '127.0.0.1');
    await once(client, 'ready');
    cache = createCache({ store: new RedisStore({ client, prefix: 'own' }) });
  });

  afterEach(async () => {
    await cache.close();
    closeRedis(client);
    await server.stop();
  });

  const stored = async () => (await client.exists('own:{k}')) === 1;

  for (const [title, policy] of TAGGINGS) {
    it(`are not stored when all was flushed during the load, and are afterwards, ${title}`, async () => {
      await cache.set(key`other`, 'value', { ttl, tags: ['a', 'b'] });
      const refused = new Promise((resolve) => cache.on('fill-refused', resolve));
      expect(await cache.getOrLoad(k, async () => (await client.flushall(), 'old'), policy)).to.equal('old');
      await refused;
      expect(await cache.get(k)).to.equal(undefined);
      expect(await cache.getOrLoad(k, () => 'new', policy)).to.equal('new');
      await until(stored);
      expect(await cache.getOrLoad(k, () => 'newer', policy)).to.equal('new');
      await cache.invalidateTags('a');
      expect(await cache.get(k)).to.equal(undefined);
    });

    it(`need no script that the server still knows, ${title}`, async () => {
      const forget = () => client.script('FLUSH');
      const failures: unknown[] = [];
      cache.on('store-failed', (event) => failures.push(event));
      await cache.getOrLoad(k, async () => (await forget(), 'value'), policy);
      await until(stored);
      await forget();
      expect(await cache.getOrLoad(k, () => 'other', policy)).to.equal('value');
      expect(await cache.invalidateTags('b')).to.equal('applied');
      expect(await cache.get(k)).to.equal(undefined);
      await forget();
      await cache.set(k, 'set', { ttl, tags: ['a'] });
      await forget();
      await cache.invalidateTags('a');
      expect([await cache.get(k), failures]).to.deep.equal([undefined, []]);
    });
  }

  it('do not keep an entry from being refreshed early', async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return `load ${loads}`;
    };
    const policy: Text = { ...KNOWN, earlyRefresh: { beta: 1e6 } };
    await cache.getOrLoad(k, load, policy);
    await until(async () => (await client.exists('own:{k}')) === 1);
    // As if most of its ttl had passed.
    await client.pexpire('own:{k}', 10_000);
    expect(await cache.getOrLoad(k, load, policy)).to.equal('load 1');
    await until(async () => (await cache.get(k)) === 'load 2');
  });

  it('are invalidated though there is no memory left, whether they were in use or not', async () => {
    for (const [index, [, policy]] of TAGGINGS.entries()) {
      await cache.getOrLoad(key`k:${index}`, () => 'old', policy);
    }
    await until(async () => (await client.keys('own:{k:?}')).length === 3);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'maxmemory', '1');
    expect(await cache.invalidateTags('a', 'never used')).to.equal('applied');
    for (const index of TAGGINGS.keys()) expect(await cache.get(key`k:${index}`)).to.equal(undefined);
    expect(await cache.getOrLoad(key`k:${0}`, () => 'new', KNOWN)).to.equal('new');
    await ADVANCE_CLOCK.run(client, ['own:bus'], ['epoch']);
    await RENEW_ONE.run(client, ['own:{a}:tag'], ['1', 'of a Cluster', 60_000]);
    expect(await client.get('own:{a}:tag'), 'by the script for a Cluster').to.match(/^\d{13}-of a Cluster$/);
    await client.config('SET', 'maxmemory', '0');
    for (const index of TAGGINGS.keys()) expect(await cache.get(key`k:${index}`)).to.be.oneOf([undefined, 'new']);
  });
});
