import { Redis } from 'ioredis';
import { createCache, key } from 'freshkeep';
import { RedisStore } from 'freshkeep/redis';
import { spawn } from 'node:child_process';
const p = spawn('redis-server', ['--port', '7777', '--save', '', '--bind', '127.0.0.1'], { stdio: 'ignore' });
await new Promise((r) => setTimeout(r, 300));
const client = new Redis(7777, '127.0.0.1');
const mon = await new Redis(7777, '127.0.0.1').monitor();
mon.on('monitor', (_t: unknown, args: string[], _s: unknown, db: unknown) =>
  console.log('   MON', db, args.map((a) => a.slice(0, 40).replace(/\n/g, ' ')).join(' ')),
);
const cache = createCache({ store: new RedisStore({ client, prefix: 't' }) });
for (const e of [
  'hit',
  'stale-hit',
  'miss',
  'coalesced',
  'fill',
  'invalidate',
  'fill-refused',
  'load',
  'store-failed',
  'lock-failed',
  'entry-unreadable',
  'wait',
] as const)
  cache.on(e, (x) => console.log(e, JSON.stringify(x)));
let n = 0;
const find = cache.wrap(
  async (id: number) => ({
    id,
    n: ++n,
    at: new Date(0),
    m: new Map([[1, new Set([2n])]]),
    b: Buffer.from('hi'),
    u: undefined,
    e: new TypeError('x', { cause: 1 }),
    ta: new Uint16Array([1, 2]),
  }),
  { key: (id: number) => key`user:${id}`, ttl: '1s', staleWhileRevalidate: '1s' },
);
console.log(await Promise.all([find(1), find(1)]));
await new Promise((r) => setTimeout(r, 100));
console.log('--- hit');
console.log(await find(1));
await new Promise((r) => setTimeout(r, 1000));
console.log('--- stale');
console.log((await find(1)).n);
await new Promise((r) => setTimeout(r, 100));
console.log((await find(1)).n);
console.log(await cache.invalidate(key`user:${1}`));
console.log((await find(1)).n);
console.log(await cache.clear());
console.log((await find(1)).n);
await cache.close();
client.disconnect();
mon.disconnect();
p.kill();
