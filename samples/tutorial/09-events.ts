import { Cached, configureCache, InvalidatesCache, key, MemoryStore } from 'freshkeep';

const cache = configureCache({ store: new MemoryStore() });

// Use the pattern as the label of a metric (`article:{}`), never the key: there are as many keys as there are articles.
const counts = new Map<string, { hits: number; misses: number }>();
const countOf = (pattern: string) => {
  const count = counts.get(pattern) ?? { hits: 0, misses: 0 };
  counts.set(pattern, count);
  return count;
};

// Listeners are called at once, in the async context of the call: an AsyncLocalStorage finds its request.
cache
  .on('hit', ({ key, pattern }) => {
    console.log(`  hit ${key}`);
    countOf(pattern).hits += 1;
  })
  .on('miss', ({ key, pattern }) => {
    console.log(`  miss ${key}`);
    countOf(pattern).misses += 1;
  })
  .on('load', ({ key, background }) => {
    console.log(`  load ${key}${background ? ' in the background' : ''}`);
  })
  .on('load-failed', ({ key, error }) => {
    console.log(`  load of ${key} failed: ${String(error)}`);
  })
  .on('fill', ({ key, ttl }) => {
    console.log(`  fill ${key} for ${ttl / 1_000} s`);
  })
  .on('invalidate', ({ key }) => {
    console.log(`  invalidate ${key}`);
  });

const articleKey = (id: number) => key`article:${id}`;

class Articles {
  @Cached({ key: articleKey, ttl: '1m' })
  async read(id: number): Promise<string> {
    if (id === 404) throw new Error('there is no such article');
    console.log(`  health while it loads: ${JSON.stringify(cache.health().loads)}`);
    return `article ${id}`;
  }

  @InvalidatesCache(articleKey)
  async edit(id: number): Promise<void> {
    console.log(`  edit ${id}`);
  }
}

const articles = new Articles();

console.log('A miss, and then a hit:');
await articles.read(1);
await articles.read(1);
console.log('A load that fails:');
await articles.read(404).catch(() => undefined);
console.log('An invalidation:');
await articles.edit(1);
await articles.read(1);

console.log('\nCounted:');
for (const [pattern, { hits, misses }] of counts) console.log(`${pattern} ${hits} hits, ${misses} misses`);

// With Redis it also tells the state of the breaker, of the first tier, and of its bus.
console.log(`health: ${JSON.stringify(cache.health())}`);

await cache.close();
