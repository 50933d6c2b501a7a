/** Prints how many bytes the statistics of so many patterns and keys take, which have each been called, loaded and read or invalidated. */
import { SampledKeys } from '../../lib/statistics/sampled-keys.js';
import { Tallies } from '../../lib/statistics/tallies.js';

const [patterns = 0, keys = 0] = process.argv.slice(2).map(Number);

function bytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const before = bytes();
const tallies = new Tallies(patterns);
const sampled = new SampledKeys({ capacity: 2_000, othersFill: false, evictionEnds: true });
const by = { name: 'Users.find', code: 'Users.find 1', declared: '1000 0', ttlVaries: false, silentWriters: [] };
for (let call = 0; call < keys; call += 1) {
  const pattern = `pattern-${call % patterns}:{}`;
  const tally = tallies.of(pattern);
  const key = `${pattern}:${call}`;
  const at = call / 10;
  tally.misses += 1;
  sampled.called(key, tally, at, 'none');
  tally.loads.add(call % 1_000);
  sampled.loaded(key, { id: call, name: 'a name' }, { at, took: 0, isCurrent: true });
  tally.filledBy(by, { ttl: 1_000, staleWhileRevalidate: 0 }, false);
  sampled.filled(key, at, { freshUntil: at + 1_000, staleUntil: at + 1_000, usableUntil: at + 1_000 });
  if (call % 3 === 0) sampled.called(key, tally, at + 1, 'fresh');
  if (call % 5 === 0) sampled.invalidated([key], at + 2);
}
const after = bytes();
console.log(JSON.stringify({ bytes: after - before, patterns: tallies.all().length, sampled: sampled.size }));
