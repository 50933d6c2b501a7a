/** `npm run sample 03` runs the third sample; without a number it lists them all. */
const SAMPLES = [
  ['01-cached-method', 'A cached method: loaded once, then answered from the store'],
  ['02-keys', 'Keys: how a call finds its entry, and why two never meet'],
  ['03-stale-values', 'Stale values: nobody waits, and a source that fails is covered'],
  ['04-invalidation', 'Invalidation on writes: by key, from the result, and during a load'],
  ['05-tags', 'Tags: many entries invalidated at once'],
  ['06-lists', 'Lists: many values in one call, under the same keys'],
  ['07-writes-and-transactions', 'Write-through, and a PostgreSQL transaction'],
  ['08-two-instances', 'Two instances over Redis, with copies in the memory of each (needs Redis)'],
  ['09-events', 'Events: watching hits and misses, and health'],
  ['10-testing', 'Testing a service that caches, with fake time'],
] as const;

const asked = process.argv[2];
const sample = SAMPLES.find(([file]) => file.slice(0, 2) === asked?.padStart(2, '0'));

if (sample === undefined) {
  process.exitCode = asked === undefined ? 0 : 2;
  const print = asked === undefined ? console.log : console.error;
  if (asked !== undefined) print(`There is no sample ${JSON.stringify(asked)}.\n`);
  print('Run one of these with `npm run sample 01`:\n');
  for (const [file, title] of SAMPLES) print(`  ${file.slice(0, 2)}  ${title}`);
} else {
  const [file, title] = sample;
  console.log(`${title}\nsamples/tutorial/${file}.ts\n`);
  await import(`./${file}.ts`);
}
