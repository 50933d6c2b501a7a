import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { createCache, key, MemoryStore, TieredStore, type Cache } from 'freshkeep';
import { classCodec, RedisStore } from 'freshkeep/redis';
import type { Redis } from 'ioredis';

import type { Failure } from '../../lib/cli/failure.js';
import { parseRedisUrl } from '../../lib/cli/redis-address.js';
import { withRedis } from '../../lib/cli/redis-connection.js';
import { scan } from '../../lib/cli/survey/scan.js';
import type { SurveyReport } from '../../lib/cli/survey/survey-report.js';
import { Deferred } from '../support/deferred.js';
import { describeInOneDialect } from '../support/dialect.js';
import { expectAtMost } from '../support/noise.js';
import { closeRedis, connectRedis } from '../support/redis.js';
import { findFreePort, startRedis, type RedisServer } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { cli, cliJson, CliProcess } from './cli.js';

const userKey = (id: number) => key`user:${id}`;
const shelfKey = (name: string) => key`shelf:${name}`;

/** Of keys, and commands, by which docs/cli.md says that a command can do its work. */
const LOOKING = ['+ping', '+scan', '+dbsize', '+strlen', '+getrange', '+pttl', '+mget', '+exists'];
const EXPLAINING = [...LOOKING, '+eval', '+evalsha', '+scard', '+get'];

class Money {}

describeInOneDialect('The command line tool over Redis', () => {
  let server: RedisServer;
  let client: Redis;
  let cache: Cache;

  before(async () => {
    server = await startRedis();
    client = await connectRedis(server.port);
    for (const [name, commands] of Object.entries({ looker: LOOKING, explainer: EXPLAINING }))
      await client.acl('SETUSER', name, 'on', '>secret-pw', '~shop:*', ...commands);
  });

  after(async () => {
    closeRedis(client);
    await server.stop();
  });

  beforeEach(async () => {
    await client.flushall();
    cache = createCache({ store: new RedisStore({ client, prefix: 'shop', compressAbove: 500 }) });
    for (let id = 1; id <= 20; id += 1) await cache.set(userKey(id), { id }, { ttl: '1h', staleWhileRevalidate: '1h' });
    await cache.set(shelfKey('it'), 'x'.repeat(2_000), { ttl: '1h', tags: ['books', 'shelf {1}'] });
    await cache.set(shelfKey('art'), 'a', { ttl: '1h', tags: ['books'] });
  });

  afterEach(() => cache.close());

  const at = (userinfo = '', database = '') => `redis://${userinfo}127.0.0.1:${server.port}${database}`;
  const shop = (...args: string[]) => [...args, '--redis', at(), '--prefix', 'shop'];

  describe('inspect', () => {
    it('tells what is there, by pattern: how many, how large, how old, with which tags', async () => {
      await cache.invalidateTags('shelf {1}');
      await client.del('shop:{user:1}:fresh');
      await client.persist('shop:{user:2}');
      const report = await cliJson<SurveyReport>('inspect', at(), '--prefix', 'shop');
      expect(report).to.deep.include({ entries: 22, estimatedEntries: 22, serializers: { f1: 22 } });
      const [users, ...shelves] = report.patterns;
      expect(users).to.deep.include({ pattern: 'user:{}', entries: 20, endless: 1, tagged: 0, compressed: 0 });
      expect(users?.states).to.include({ fresh: 19, stale: 1 });
      expect(users?.left?.median).to.be.within(7_100_000, 7_200_000);
      expect(users?.age?.max).to.be.within(0, 60_000);
      expect(users?.bytes.total).to.equal(await bytesOf('user'));
      expect(shelves.map(({ pattern }) => pattern)).to.have.members(['shelf:it', 'shelf:art']);
      const it = shelves.find(({ pattern }) => pattern === 'shelf:it');
      expect(it).to.include({ compressed: 1, tagged: 1 });
      expect(it?.states.invalidated).to.equal(1);
      expect(report.tags).to.deep.equal([
        { tag: 'books', entries: 2, invalidated: 0 },
        { tag: 'shelf {1}', entries: 1, invalidated: 1 },
      ]);
    });

    async function bytesOf(word: string): Promise<number> {
      const names = (await client.keys(`shop:{${word}*}`)).filter((name) => name.endsWith('}'));
      const lengths = await Promise.all(names.map((name) => client.strlen(name)));
      return lengths.reduce((sum, length) => sum + length, 0);
    }

    it('takes one address, as its first argument or by the option, and no other for a pattern', async () => {
      const other = 'redis://127.0.0.1:1';
      for (const args of [
        [at(), other],
        ['user:{}', at()],
        [at(), '--redis', other],
      ]) {
        const { code, stderr } = await cli('inspect', ...args, '--prefix', 'shop');
        expect([code, stderr.includes('inspect takes one Redis')]).to.deep.equal([2, true]);
      }
      const { code, stderr } = await cli('inspect', '127.0.0.1:6379');
      expect([code, stderr.includes('such as redis://127.0.0.1:6379')]).to.deep.equal([2, true]);
    });

    it('takes patterns that are named as they are, and leaves others out', async () => {
      const { patterns } = await cliJson<SurveyReport>('inspect', at(), 'shelf:{}', '--prefix', 'shop');
      expect(patterns.map(({ pattern, entries }) => [pattern, entries])).to.deep.equal([['shelf:{}', 2]]);
      const none = await cli('inspect', at(), 'nobody:{}', '--prefix', 'shop');
      expect(none.code).to.equal(1);
      expect(none.stdout).to.include('no entry of nobody:{}');
    });

    it('says what it has not looked at, and scales up what it has', async () => {
      await client.mset(Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`other-${n}`, 'x'])));
      const { scanned, entries, estimatedEntries } = await cliJson<SurveyReport>(
        ...['inspect', at(), '--prefix', 'shop', '--sample', '1500'],
      );
      expect(scanned.complete).to.equal(false);
      expect(scanned.keys).to.be.within(1_500, 2_100);
      expect(estimatedEntries).to.equal(Math.round((entries * scanned.of) / scanned.keys));
      const all = await cliJson<SurveyReport>('inspect', at(), '--prefix', 'shop', '--sample', 'all');
      expect(all).to.deep.include({ entries: 22, scanned: { keys: scanned.of, of: scanned.of, complete: true } });
    });

    it('leaves the server to others after each step, for as long as that took', async () => {
      await client.mset(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`other-${n}`, 'x'])));
      let endedAt = -Infinity;
      const pauses: number[] = [];
      await scan(client, Infinity, async () => {
        pauses.push(performance.now() - endedAt);
        await pause(30);
        endedAt = performance.now();
      });
      expect(pauses.length).to.be.above(3);
      // A timer may be some milliseconds early, as it counts whole ones.
      expect(Math.min(...pauses)).to.be.above(25);
    });

    it('writes nothing, asks for no value, and never for KEYS', async () => {
      const before = await commandCounts();
      await cli('inspect', at(), '--prefix', 'shop');
      const asked = Object.entries(await commandCounts()).filter(([name, count]) => count > (before[name] ?? 0));
      const known = /^(scan|dbsize|strlen|getrange|pttl|mget|ping|info|hello|client\|\w+)$/;
      expect(asked.map(([name]) => name).filter((name) => !known.test(name))).to.deep.equal([]);
    });

    async function commandCounts(): Promise<Record<string, number>> {
      const lines = [...(await client.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
      return Object.fromEntries(lines.map(([, name = '', calls]) => [name, Number(calls)]));
    }
  });

  describe('explain', () => {
    it('tells of an entry that is there, with its value only where that is asked for', async () => {
      const told = await cli('explain', ...shop('shelf:art'));
      expect(told).to.include({ code: 0, stderr: '' });
      expect(told.stdout)
        .to.match(/^shelf:art: hit\n/)
        .and.include('tag           books');
      expect(await cliJson('explain', ...shop('user:7'))).not.to.have.property('value');
      const json = await cliJson<{ entry: object; value: string }>('explain', ...shop('user:7', '--values'));
      expect(json).to.deep.include({ key: 'user:7', outcome: 'hit', prefix: 'shop', value: '{ id: 7 }' });
      expect(json.entry).to.include({ state: 'fresh' });
    });

    it('ends with 1 where there is none', async () => {
      expect(await cli('explain', ...shop('user:999'))).to.deep.include({ code: 1, stderr: '' });
    });

    it('tells all but the value of what the serializer of a service has written', async () => {
      const serializer = {
        id: 'json',
        serialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
        deserialize: (bytes: Buffer): unknown => JSON.parse(bytes.toString()),
      };
      const own = createCache({ store: new RedisStore({ client, prefix: 'shop', serializer }) });
      await own.set(userKey(7), { id: 7 }, { ttl: '1h', tags: ['books'] });
      await own.close();
      const told = await cliJson('explain', ...shop('user:7', '--values'));
      expect(told).to.deep.include({ outcome: 'hit', serializer: 'json' });
      expect(told).to.have.property('valueUnreadable', 'serializer json is known to the service alone');
      expect(told).not.to.have.property('value');
      expect(await cliJson('invalidate', ...shop('user:7'))).to.have.nested.property('keys[0].entry', 'fresh');
    });

    it('takes no entry for a miss whose value has a class of the service', async () => {
      const classes = [classCodec({ name: 'Money', class: Money, encode: () => 1, decode: () => new Money() })];
      const own = createCache({ store: new RedisStore({ client, prefix: 'shop', classes }) });
      await own.set(userKey(7), new Money(), { ttl: '1h' });
      await own.close();
      const { code, stdout } = await cli('explain', ...shop('user:7', '--values'));
      expect(code).to.equal(0);
      expect(stdout)
        .to.match(/^user:7: hit$/m)
        .and.match(/^ {2}the value is not shown: .*Money/m);
    });

    it('refuses a pattern, which is no key', async () => {
      const { code, stderr } = await cli('explain', ...shop('user:{}'));
      expect(code).to.equal(2);
      expect(stderr).to.include('is a pattern, which names no entry');
    });
  });

  describe('invalidate', () => {
    it('removes entries, ends the loads of others, and tells what was there', async () => {
      const value = new Deferred<string>();
      const load = cache.getOrLoad(userKey(100), () => value.promise, { ttl: '1h' });
      await until(async () => (await client.scard('shop:{user:100}:tickets')) === 1);
      const { code, stdout } = await cli('invalidate', ...shop('user:7', 'user:100', '--tag', 'books'));
      expect(code).to.equal(0);
      expect(stdout).to.match(/^applied: 2 keys and 1 tag, in redis:/);
      expect(stdout).to.include('user:7  an entry (fresh)').and.include('user:100  no entry, 1 load under way');
      value.resolve('too late');
      expect(await load).to.equal('too late');
      expect(await cache.get(userKey(100))).to.equal(undefined);
      expect(await cache.get(userKey(7))).to.equal(undefined);
      expect(await cache.get(shelfKey('art'))).to.equal(undefined);
      expect(await cache.get(userKey(8))).to.deep.equal({ id: 8 });
    });

    it('makes other processes drop their copies', async () => {
      const own = await connectRedis(server.port);
      const store = new TieredStore({ l1: new MemoryStore(), l2: new RedisStore({ client: own, prefix: 'shop' }) });
      const tiered = createCache({ store });
      const tiersWithEntry = async () =>
        (await tiered.explain(userKey(7))).tiers.filter(({ entry }) => entry !== undefined).map(({ tier }) => tier);
      try {
        await until(async () => tiered.health().l1 === 'trusted');
        await tiered.getOrLoad(userKey(7), () => ({ id: 0 }), { ttl: '1h', staleWhileRevalidate: '1h' });
        expect(await tiersWithEntry()).to.deep.equal(['l1', 'l2']);
        expect((await cli('invalidate', ...shop('user:7'))).code).to.equal(0);
        await until(async () => (await tiersWithEntry()).length === 0);
      } finally {
        await tiered.close();
        closeRedis(own);
      }
    });

    it('changes nothing with --dry-run, and says what there is', async () => {
      const told = await cliJson('invalidate', ...shop('user:7', 'user:999', '--tag', 'books', '--dry-run'));
      expect(told).to.deep.include({ applied: false, tags: [{ tag: 'books', inUse: true }] });
      expect(told).to.have.deep.property('keys', [
        { key: 'user:7', entry: 'fresh', openTickets: 0 },
        { key: 'user:999', entry: 'none', openTickets: 0 },
      ]);
      expect(await cache.get(userKey(7))).to.deep.equal({ id: 7 });
      expect((await cli('invalidate', ...shop('user:999', '--dry-run'))).code).to.equal(1);
    });

    it('never says that it was applied where an ACL forbids it', async () => {
      const refused = await cli('invalidate', 'user:7', '--redis', at('explainer:secret-pw@'), '--prefix', 'shop');
      expect(refused.code).to.equal(3);
      expect(refused.stdout).to.equal('');
      expect(refused.stderr).to.include('not applied').and.include('an ACL forbids it');
      expect(await cache.get(userKey(7))).to.deep.equal({ id: 7 });
    });

    it('says that it was not applied where it may not even look', async () => {
      const refused = await cli('invalidate', 'user:7', '--redis', at('looker:secret-pw@'), '--prefix', 'shop');
      expect([refused.code, refused.stdout]).to.deep.equal([3, '']);
      expect(refused.stderr)
        .to.match(/^freshkeep: not applied: .*an ACL forbids it/)
        .and.include('evalsha');
      expect(await cache.get(userKey(7))).to.deep.equal({ id: 7 });
    });

    it('says that nobody knows whether it was applied where no answer comes', async () => {
      // Reads are answered meanwhile.
      await client.client('PAUSE', 10_000, 'WRITE');
      try {
        const { code, stdout, stderr } = await cli('invalidate', ...shop('--tag', 'books', '--timeout', '300ms'));
        expect([code, stdout]).to.deep.equal([3, '']);
        expect(stderr).to.include('not known to be applied').and.include('to invalidate again does no harm');
      } finally {
        await client.client('UNPAUSE');
      }
    });
  });

  describe('the address', () => {
    it('may come first', async () => {
      expect(await cliJson('explain', at(), 'user:7', '--prefix', 'shop')).to.include({ key: 'user:7' });
      const told = await cliJson('invalidate', at(), 'user:7', '--prefix', 'shop', '--dry-run');
      expect(told).to.deep.include({ keys: [{ key: 'user:7', entry: 'fresh', openTickets: 0 }] });
    });

    for (const command of ['inspect', 'explain', 'invalidate'])
      it(`is taken for no name by ${command}: another Redis would be asked`, async () => {
        const elsewhere = 'redis://ann:s3cret@elsewhere:6379';
        for (const args of [
          ['user:7', elsewhere, '--redis', at()],
          [elsewhere, 'user:7', '--redis', at()],
          ['user:7', 'ann:s3cret@elsewhere:6379', '--redis', at()],
          ['127.0.0.1:6379', '--redis', at()],
        ]) {
          const { code, stdout, stderr } = await cli(command, ...args, '--prefix', 'shop');
          expect([code, stdout], args.join(' ')).to.deep.equal([2, '']);
          expect(stderr)
            .to.match(/takes one Redis|must begin with redis:/)
            .and.not.to.include('s3cret');
        }
      });
  });

  describe('with a wrong prefix', () => {
    it('names those under which freshkeep has something, and not those of others', async () => {
      await client.mset('mine:{user:1}', 'no entry', 'mine:{user:2}', 'none either');
      for (const args of [['inspect'], ['explain', 'user:7'], ['invalidate', 'user:7']]) {
        const { code, stdout, stderr } = await cli(...args, '--redis', at(), '--prefix', 'wrong');
        expect([code, stdout]).to.deep.equal([3, '']);
        expect(stderr)
          .to.include('nothing under the prefix wrong')
          .and.match(/shop \(\d+ keys\)/);
        expect(stderr).not.to.include('mine');
      }
      expect(await client.exists('wrong:bus')).to.equal(0);
    });
  });

  describe('where it is refused', () => {
    /** What it says, where it must end with 3. */
    async function refusal(url: string, ...args: string[]): Promise<string> {
      const command = args.length === 0 ? ['explain', 'user:7'] : args;
      const { code, stdout, stderr } = await cli(...command, '--redis', url, '--prefix', 'shop', '--timeout', '500ms');
      expect([code, stdout]).to.deep.equal([3, ''], stderr);
      expect(stderr).not.to.match(/secret-pw|\n {4}at /);
      return stderr;
    }

    it('tells of a wrong password, and of commands or keys that an ACL forbids', async () => {
      expect(await refusal(at('looker:secret-pw-not@'))).to.include('WRONGPASS');
      expect(await refusal(at('looker:secret-pw@')))
        .to.include('NOPERM')
        .and.include("'evalsha'");
    });

    it('needs no more than docs/cli.md says', async () => {
      for (const [user, ...command] of [['looker', 'inspect'] as const, ['explainer', 'explain', 'user:7'] as const]) {
        const { code, stderr } = await cli(...command, '--redis', at(`${user}:secret-pw@`), '--prefix', 'shop');
        expect([code, stderr]).to.deep.equal([0, '']);
      }
    });

    it('tells of a server that wants a password', async () => {
      await client.config('SET', 'requirepass', 'secret-pw');
      try {
        expect(await refusal(at())).to.include('NOAUTH');
        expect(await refusal(at(':secret-pw-not@'))).to.include('WRONGPASS');
      } finally {
        await client.config('SET', 'requirepass', '');
      }
    });

    it('tells of a server that is not there, one that hangs, and a host that does not exist', async () => {
      expect(await refusal(`redis://127.0.0.1:${await findFreePort()}`)).to.include('connection refused');
      expect(await refusal('redis://no..host')).to.include('no such host');
      server.pause();
      const hanging = await refusal(at()).finally(() => {
        server.resume();
      });
      expect(hanging).to.include('has not answered within 500 ms');
    });

    it('has nobody wait for a server that hangs once it was told of', async () => {
      server.pause();
      try {
        const program = new CliProcess(['inspect', at(), '--timeout', '200ms']);
        const closed = once(program.child, 'close');
        await once(program.child.stderr, 'data');
        const toldAt = performance.now();
        await closed;
        expectAtMost(1_000, performance.now() - toldAt);
      } finally {
        server.resume();
      }
    });

    it('says that TLS may be what a server does not understand', async () => {
      const address = at().replace('redis:', 'rediss:');
      expect(await refusal(address))
        .to.include('has not answered within 500 ms')
        .and.include('rediss:// is with TLS');
    });

    it('does not go on in another database where there is none of the number', async () => {
      expect(await refusal(at('', '/99'))).to.include('no database of that number');
    });

    it('does not ask whether it is a Redis that has answered before', async () => {
      const doomed = await startRedis();
      const target = { address: parseRedisUrl(doomed.url), cluster: false, timeout: 5_000 };
      const told = await withRedis(target, async (connected) => {
        await doomed.kill();
        return connected.get('key');
      }).catch((error: unknown) => error as Failure);
      expect((told as Failure).message).to.match(/: it has closed the connection$/);
      expect((told as Failure).exitCode).to.equal(3);
    });

    it('tells of what is no Redis, and of what is no Cluster', async () => {
      const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
      await once(web, 'listening');
      try {
        const { port } = web.address() as AddressInfo;
        expect(await refusal(`redis://127.0.0.1:${port}`)).to.match(/no Redis|is it a Redis/);
      } finally {
        web.close();
      }
      expect(await refusal(at(), 'inspect', '--cluster')).to.include('no node of a Cluster');
    });
  });

  it('as a program of its own takes the address from the environment, and ends by itself', async () => {
    const program = new CliProcess(['inspect', '--prefix', 'shop', 'user:{}'], { REDIS_URL: at() });
    const { code, stdout, stderr } = await program.ended();
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^user:\{\}\s+20 /m);
    expect(stdout).not.to.include('\u001b');
  });
});
