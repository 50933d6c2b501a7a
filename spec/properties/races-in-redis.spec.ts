import { setTimeout as pause } from 'node:timers/promises';

import { AssertionError, expect } from 'chai';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { createCache, type Cache, type Store } from 'freshkeep';
import { RedisStore, type RedisStoreOptions } from 'freshkeep/redis';

import { describeInOneDialect } from '../support/dialect.js';
import { closeRedis, sharedRedis, uniquePrefix } from '../support/redis.js';
import type { Turn } from '../support/taking-turns.js';
import { TicketlessStore } from '../support/ticketless-store.js';
import { until } from '../support/until.js';
import { Running } from './race.js';
import { races, type Race } from './race-steps.js';
import { PATIENCE, tiersOver } from './stores-under-test.js';
import { WatchedStore } from './watched-store.js';
import { TIMES } from './times.js';

/** So many are run at the same time, that their commands are mixed. */
const AT_ONCE = 40;
const RUNS = 4;

/** But for `clear`, which ends all that the other races are about; `races.spec.ts` has it. */
const manyRaces = fc.array(
  races.filter((race) => !JSON.stringify(race).includes('"clear"')),
  { minLength: AT_ONCE, maxLength: AT_ONCE },
);

/** The order of answers is up to the server and to chance: a failure tells its races, and may need several runs to come again. */
const turn: Turn = async () => {
  if (Math.random() < 0.5) await pause(Math.random() * 3);
};

/** Two caches over one store, and one of another process, if that takes part, over real connections. */
class RedisTrack {
  readonly #clients: readonly Redis[];
  readonly #stores: readonly [WatchedStore, WatchedStore];
  readonly #caches: readonly [Cache, Cache, Cache];
  #races = 0;

  /** Of two tiers, another process is told of an invalidation some time after it was applied (I4): there it takes no part. */
  static async start(
    create: (options: RedisStoreOptions) => Store,
    elsewhere: 'elsewhere too' | 'only here',
  ): Promise<RedisTrack> {
    const clients = [await sharedRedis(), await sharedRedis()] as const;
    const prefix = uniquePrefix();
    const storeOf = (client: Redis) => new WatchedStore(create({ client, prefix, deadline: PATIENCE }));
    const here = storeOf(clients[0]);
    const there = elsewhere === 'only here' ? here : storeOf(clients[1]);
    await until(() => here.store.health?.().l1 !== 'not trusted');
    return new RedisTrack(clients, [here, there]);
  }

  private constructor(clients: readonly Redis[], stores: readonly [WatchedStore, WatchedStore]) {
    this.#clients = clients;
    this.#stores = stores;
    const [here, there] = stores;
    const cacheOf = ({ store }: WatchedStore) => createCache({ store });
    this.#caches = [cacheOf(here), cacheOf(here), cacheOf(there)];
  }

  /** Tells all that was wrong. */
  async run(all: readonly Race[]): Promise<readonly string[]> {
    const running = all.map((race) => {
      const name = `race ${(this.#races += 1)}`;
      return new Running(race, { caches: this.#caches, turn, pass: () => undefined, name });
    });
    await Promise.all(running.map((each) => each.run()));
    do await pause(5);
    while (this.#stores.some(({ isBusy }) => isBusy));
    await Promise.all(running.map((each) => each.checkLeft(this.#caches[0])));
    return running.flatMap(({ ledger }) => ledger.wrong);
  }

  async end(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => cache.close()));
    closeRedis(...this.#clients);
  }
}

async function check(track: RedisTrack, numRuns: number): Promise<fc.RunDetails<[Race[]]>> {
  const property = fc.asyncProperty(manyRaces, async (all) => {
    expect((await track.run(all)).join()).to.equal('');
  });
  try {
    return await fc.check(property, { numRuns, endOnFailure: true });
  } finally {
    await track.end();
  }
}

async function expectNeverWrong(track: RedisTrack): Promise<void> {
  const details = await check(track, RUNS * TIMES);
  expect(details.failed, fc.defaultReportMessage(details)).to.equal(false);
}

describeInOneDialect('Calls, writes and transactions at the same time, on a real server', function () {
  this.timeout(600_000);
  this.slow(10_000);

  it('answer no call with what was invalidated, or rolled back, before it, and leave nothing of that in Redis', async () =>
    expectNeverWrong(await RedisTrack.start((options) => new RedisStore(options), 'elsewhere too')));

  it('do not either in two tiers', async () =>
    expectNeverWrong(await RedisTrack.start((options) => tiersOver(new RedisStore(options)), 'only here')));

  it('find out a store that fills whatever became of the ticket', async () => {
    const track = await RedisTrack.start((options) => new TicketlessStore(options), 'elsewhere too');
    const { errorInstance } = await check(track, 10 * RUNS);
    expect(errorInstance).to.be.instanceOf(AssertionError);
  });
});
