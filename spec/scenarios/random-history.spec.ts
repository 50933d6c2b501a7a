import { setTimeout as pause } from 'node:timers/promises';

import { expect } from 'chai';
import { RedisStore } from 'freshkeep/redis';

import { endWorkers, startWorkers, type CacheWorker } from '../support/cache-worker.js';
import { describeInOneDialect } from '../support/dialect.js';
import { closeRedis, sharedRedis, sharedRedisPort, uniquePrefix } from '../support/redis.js';
import { SlowSource } from '../support/slow-source.js';

const PROCESSES = 4;
const KEYS = 40;
/** What goes wrong by chance alone need not do so the first time. */
const ATTEMPTS = 4;
const PLAY = { milliseconds: 1_000, readers: 12 };

/**
 * How writers tell the cache, how many there are in each process, and in how many runs. A short ttl lets background refreshes
 * take part; whatever is wrong at the end stays for the minute of the stale window.
 */
const HISTORIES = [
  { by: 'invalidate', ttl: '100ms', runs: 5, writers: 3, pauseOfWriters: 20 },
  { by: 'clear', ttl: '60000ms', runs: 3, writers: 1, pauseOfWriters: 800 },
] as const;

type History = (typeof HISTORIES)[number];

interface Outcome {
  /** Keys that Redis still holds when all is quiet. */
  readonly stored: number;
  /** Those of them that differ from the source, and would for the rest of their life. */
  readonly wrong: readonly string[];
}

describeInOneDialect(
  'Several processes that read through the cache, write the source and tell the cache, at random',
  function () {
    this.slow(40_000);
    afterEach(endWorkers);

    for (const history of HISTORIES) {
      it(`leave no wrong value behind by \`${history.by}\`, in each of ${history.runs} runs`, async () => {
        const outcomes: Outcome[] = [];
        let refused = 0;
        // The last clear may leave next to nothing in Redis, by chance.
        for (let attempt = 1; attempt <= ATTEMPTS && !areEnough(outcomes); attempt += 1) {
          const played = await playRuns(history, { tickets: true });
          report('with tickets', played.outcomes);
          outcomes.push(...played.outcomes);
          refused += played.refused;
        }
        expect(outcomes.flatMap(({ wrong }) => wrong)).to.deep.equal([]);
        expect(areEnough(outcomes), 'keys that could be wrong').to.equal(true);
        expect(refused, 'stale fills that were refused').to.be.greaterThan(0);
      });

      it(`leave wrong values behind by \`${history.by}\` without the check of tickets: the runs above could have failed`, async () => {
        const wrong: string[] = [];
        for (let attempt = 1; attempt <= ATTEMPTS && wrong.length === 0; attempt += 1) {
          const { outcomes } = await playRuns(history, { tickets: false });
          report('without tickets', outcomes);
          wrong.push(...outcomes.flatMap((outcome) => outcome.wrong));
        }
        expect(wrong).to.not.deep.equal([]);
      });
    }
  },
);

/** Are there enough keys that could be wrong? */
function areEnough(outcomes: readonly Outcome[]): boolean {
  return sumOf(outcomes.map(({ stored }) => stored)) > KEYS / 4;
}

async function playRuns({ runs, ttl, ...writing }: History, { tickets }: { readonly tickets: boolean }) {
  const prefix = uniquePrefix();
  const source = new SlowSource();
  const options = { port: sharedRedisPort(), prefix, ttl, staleWhileRevalidate: '60000ms', tickets } as const;
  const workers = await startWorkers(PROCESSES, options, source);
  await Promise.all(workers.map((worker) => worker.ask('connected')));
  const outcomes: Outcome[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const keys = Array.from({ length: KEYS }, (_, index) => `run ${run} key ${index}`);
    await Promise.all(workers.map((worker) => worker.ask('play', { keys, ...writing, ...PLAY })));
    await source.quiet();
    outcomes.push(await compare(prefix, keys, source));
  }
  return { outcomes, refused: await refusedBy(workers) };
}

/** What Redis holds against what the source holds, past every cache in between. */
async function compare(prefix: string, keys: readonly string[], source: SlowSource): Promise<Outcome> {
  // The last fills are on their way for a moment after the last load.
  await pause(150);
  const client = await sharedRedis();
  const store = new RedisStore({ client, prefix });
  const entries = await Promise.all(keys.map((id) => store.read(`thing:${encodeURIComponent(id)}`)));
  closeRedis(client);
  const wrong = keys.filter((id, index) => {
    const entry = entries[index];
    return entry !== undefined && entry.value !== source.valueOf(id);
  });
  return { stored: entries.filter((entry) => entry !== undefined).length, wrong };
}

async function refusedBy(workers: readonly CacheWorker[]): Promise<number> {
  const events = await Promise.all(workers.map((worker) => worker.ask('events')));
  return sumOf(events.map((counts) => counts['fill-refused'] ?? 0));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function report(title: string, outcomes: readonly Outcome[]): void {
  const runs = outcomes.map(({ stored, wrong }) => `${wrong.length} of ${stored}`).join(', ');
  console.log(`      keys left wrong ${title}: ${runs}`);
}
