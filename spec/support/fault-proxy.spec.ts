import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { Redis } from 'ioredis';

import { describeInOneDialect } from './dialect.js';
import { FaultProxy } from './fault-proxy.js';
import { until } from './until.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { closeRedis, connectRedis } from './redis.js';

describeInOneDialect('fault proxy', () => {
  let redis: RedisServer;
  let direct: Redis;
  let proxy: FaultProxy;
  let clients: Redis[];

  before(async () => {
    redis = await startRedis();
    direct = await connectRedis(redis.port);
  });

  after(async () => {
    closeRedis(direct);
    await redis.stop();
  });

  beforeEach(async () => {
    clients = [];
    proxy = new FaultProxy(redis.port);
    await proxy.start();
  });

  afterEach(async () => {
    closeRedis(...clients);
    await proxy.stop();
    await direct.flushall();
  });

  /** Through the proxy. */
  function connect(protocol: 2 | 3 = 3): Redis {
    const client = new Redis(proxy.port, '127.0.0.1', { protocol, retryStrategy: () => 20 });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  /** A subscriber of the channel `news`, and what it got. */
  async function subscribe(protocol: 2 | 3 = 3): Promise<{ client: Redis; messages: string[] }> {
    const client = connect(protocol);
    const messages: string[] = [];
    client.on('message', (_channel, message) => messages.push(message));
    await client.subscribe('news');
    return { client, messages };
  }

  async function publish(...messages: readonly string[]): Promise<void> {
    for (const message of messages) await direct.publish('news', message);
  }

  describe('without a fault', () => {
    it('passes on whatever is asked and answered, byte by byte', async () => {
      const client = connect();
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
      const pipeline = client.pipeline();
      for (let number = 0; number < 1_000; number += 1) pipeline.rpush('list', `line\r\n${number}`);
      await pipeline.exec();
      await client.set('bytes', bytes);
      await client.hset('hash', { one: '1', $2: '*3' });

      expect(bytes.equals((await client.getBuffer('bytes'))!)).to.equal(true);
      expect(await client.lrange('list', 998, -1)).to.deep.equal(['line\r\n998', 'line\r\n999']);
      expect(await client.hgetall('hash')).to.deep.equal({ one: '1', $2: '*3' });
      expect(await client.get('absent')).to.equal(null);
      expect(await client.incr('list').catch((error: unknown) => String(error))).to.include('WRONGTYPE');
      expect(await client.eval('return {1, {2, "three"}, {}}', 0)).to.deep.equal([1, [2, 'three'], []]);
    });

    it('passes on a request that comes byte by byte, and the end', async () => {
      const socket = createConnection(proxy.port, '127.0.0.1');
      let reply = '';
      socket.on('data', (chunk) => (reply += chunk.toString()));
      for (const byte of '*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n') {
        socket.write(byte);
        await pause(1);
      }
      await once(socket, 'close');
      expect(reply).to.equal('+PONG\r\n+OK\r\n');
    });

    it('shows a dead server as a broken connection', async () => {
      const dead = await startRedis();
      await dead.stop();
      const other = new FaultProxy(dead.port);
      await other.start();
      const [error] = (await once(createConnection(other.port, '127.0.0.1'), 'close').catch((e: unknown) => [e])) as [
        NodeJS.ErrnoException,
      ];
      expect(error.code).to.equal('ECONNRESET');
      await other.stop();
    });
  });

  describe('cut', () => {
    it('resets all connections, refuses new ones, and is on the same port when mended', async () => {
      const client = connect();
      await client.set('key', 'value');
      const failures: (string | undefined)[] = [];
      client.on('error', (error: NodeJS.ErrnoException) => failures.push(error.code));
      const { port } = proxy;
      await proxy.cut();
      await until(() => failures.length > 1);
      expect(failures.slice(0, 2)).to.deep.equal(['ECONNRESET', 'ECONNREFUSED']);
      await proxy.mend();
      expect(proxy.port).to.equal(port);
      expect(await client.get('key')).to.equal('value');
    });

    it('of subscribers: keeps them from subscribing, and nobody else from anything', async () => {
      const { client: subscriber, messages } = await subscribe();
      const other = connect();
      await other.ping();
      let ends = 0;
      for (const client of [subscriber, other]) client.on('close', () => (ends += client === other ? 1_000 : 1));
      await proxy.cut({ only: 'subscribers' });
      await until(() => ends >= 3);
      await publish('missed');
      expect(await other.ping()).to.equal('PONG');
      expect(ends).to.be.below(1_000);
      expect(await direct.pubsub('NUMSUB', 'news')).to.deep.equal(['news', 0]);
      await proxy.mend();
      await until(async () => (await direct.publish('news', 'heard')) === 1);
      await until(() => messages.length > 0);
      expect(messages).to.deep.equal(['heard']);
    });
  });

  describe('delay', () => {
    it('takes its time in both directions and keeps the order, also when it gets shorter', async () => {
      const client = connect();
      await client.ping();
      const start = performance.now();
      proxy.delay(100);
      const slow = client.set('key', 'value');
      await pause(20);
      proxy.delay(0);
      const quick = client.get('key');
      expect(await Promise.all([slow, quick])).to.deep.equal(['OK', 'value']);
      expect(performance.now() - start).to.be.least(99);

      proxy.delay(60);
      const again = performance.now();
      await client.ping();
      expect(performance.now() - again).to.be.least(119);
    });

    it('of subscribers: leaves others alone', async () => {
      const { messages } = await subscribe();
      const other = connect();
      await other.ping();
      proxy.delay(150, { only: 'subscribers' });
      await publish('one', 'two');
      await other.ping();
      expect(messages).to.deep.equal([]);
      await until(() => messages.length === 2);
      expect(messages).to.deep.equal(['one', 'two']);
    });
  });

  describe('black hole', () => {
    it('to server: requests vanish, connections stay open until it is mended', async () => {
      const client = connect();
      await client.ping();
      let closed = false;
      client.on('close', () => (closed = true));
      proxy.blackHole('to server');
      const set = client.set('key', 'value');
      expect(await Promise.race([set, pause(100, 'nothing')])).to.equal('nothing');
      expect(await direct.get('key')).to.equal(null);
      expect(closed).to.equal(false);
      await proxy.mend();
      expect(await set).to.equal('OK');
      expect(closed).to.equal(true);
      expect(await direct.get('key')).to.equal('value');
    });

    it('to client: requests are heeded, replies vanish', async () => {
      const client = connect();
      await client.ping();
      proxy.blackHole('to client');
      const count = client.incr('count');
      await until(async () => (await direct.get('count')) === '1');
      expect(await Promise.race([count, pause(50, 'nothing')])).to.equal('nothing');
      proxy.blackHole(undefined);
      expect(await count).to.equal(2);
    });

    it('is there for new connections too', async () => {
      proxy.blackHole('both');
      const client = connect();
      await once(client, 'connect');
      expect(await Promise.race([client.ping(), pause(100, 'nothing')])).to.equal('nothing');
      await proxy.mend();
      expect(await client.ping()).to.equal('PONG');
    });

    it('hides from the server that its client has gone', async () => {
      const { client } = await subscribe();
      proxy.blackHole('to server');
      const gone = once(client, 'end');
      client.disconnect();
      await gone;
      await pause(50);
      expect(await direct.pubsub('NUMSUB', 'news')).to.deep.equal(['news', 1]);
      await proxy.mend();
      await until(async () => (await direct.pubsub('NUMSUB', 'news'))[1] === 0);
    });

    it('of subscribers: they hear nothing, others are answered', async () => {
      const { client: subscriber, messages } = await subscribe();
      const other = connect();
      await other.ping();
      proxy.blackHole('to client', { only: 'subscribers' });
      await publish('missed');
      expect(await other.ping()).to.equal('PONG');
      const late = connect();
      expect(await late.ping()).to.equal('PONG');
      expect(await Promise.race([late.subscribe('news'), pause(50, 'nothing')])).to.equal('nothing');
      expect(messages).to.deep.equal([]);
      expect(subscriber.status).to.equal('ready');
      await proxy.mend();
      await until(async () => (await direct.publish('news', 'heard')) === 2);
      await until(() => messages.length > 0);
      expect(messages).to.deep.equal(['heard']);
    });
  });

  for (const protocol of [2, 3] as const)
    describe(`messages, RESP${protocol}`, () => {
      it('drops and duplicates as many as it is told', async () => {
        const { messages } = await subscribe(protocol);
        proxy.dropMessages(2);
        await publish('one', 'two', 'three');
        await until(() => messages.length === 1);
        proxy.duplicateMessages(1);
        await publish('four', 'five');
        await until(() => messages.length === 4);
        expect(messages).to.deep.equal(['three', 'four', 'four', 'five']);
        expect({ dropped: proxy.dropped, duplicated: proxy.duplicated }).to.deep.equal({ dropped: 2, duplicated: 1 });
      });

      it('does so with those of shards and patterns', async () => {
        const client = connect(protocol);
        const heard: string[] = [];
        client.on('smessage', (_channel, message: string) => heard.push(message));
        client.on('pmessage', (_pattern, _channel, message: string) => heard.push(message));
        await client.ssubscribe('shard');
        await client.psubscribe('pat*');
        proxy.dropMessages(1);
        proxy.duplicateMessages(1);
        await direct.spublish('shard', 'one');
        await direct.publish('pattern', 'two');
        await direct.spublish('shard', 'three');
        await until(() => heard.length >= 3);
        expect(heard).to.deep.equal(['two', 'two', 'three']);
      });

      it('harms no message on its way with others, none split, and no reply between them', async () => {
        const { client, messages } = await subscribe(protocol);
        const large = 'large\r\n>3\r\n'.repeat(20_000);
        proxy.dropMessages(1);
        const pipeline = direct.pipeline();
        for (const message of ['lost', large, 'a', 'b']) pipeline.publish('news', message);
        await pipeline.exec();
        expect(await client.ping('still here')).to.satisfy((reply: unknown) => String(reply).includes('still here'));
        expect(messages).to.deep.equal([large, 'a', 'b']);
      });
    });

  it('takes a reply that looks like a message for what it is', async () => {
    const { client, messages } = await subscribe();
    proxy.dropMessages(1);
    await direct.rpush('list', 'message', 'news', 'text');
    expect(await client.lrange('list', 0, -1)).to.deep.equal(['message', 'news', 'text']);
    expect(proxy.dropped).to.equal(0);
    await publish('lost', 'heard');
    await until(() => messages.length > 0);
    expect(messages).to.deep.equal(['heard']);
  });

  it('forgets about messages to be dropped when it is mended', async () => {
    const { messages } = await subscribe();
    proxy.dropMessages(Number.POSITIVE_INFINITY);
    await publish('lost');
    await until(() => proxy.dropped === 1);
    await proxy.mend();
    await publish('heard');
    await until(() => messages.length > 0);
    expect(messages).to.deep.equal(['heard']);
  });
});
