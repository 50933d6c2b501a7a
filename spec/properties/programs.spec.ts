import { RedisStore } from 'freshkeep/redis';

import { expectFoundOut, expectModel } from './expect-model.js';
import {
  applyAlways,
  applyAtOnce,
  applyNever,
  NoStaleWindow,
  NothingInvalidated,
  NothingKept,
  TagsIgnored,
} from './planted-bugs.js';
import { inMemory, inRedis, tiersOver } from './stores-under-test.js';

const CONTROL_RUNS = 1_000;

describe('Any program of calls, writes, scopes and time', function () {
  this.timeout(600_000);

  it('is answered in memory as the model says, load by load', () => expectModel(inMemory(), 200));

  it('is answered by Redis as the model says, load by load', async () =>
    expectModel(await inRedis((options) => new RedisStore(options)), 40));

  it('is answered by two tiers as the model says, load by load', async () =>
    expectModel(await inRedis((options) => tiersOver(new RedisStore(options))), 40));

  describe('finds out', () => {
    for (const [what, store] of [
      ['a store that ignores tags', () => new TagsIgnored()],
      ['a store that keeps no `undefined` and no `null`', () => new NothingKept()],
      ['a store without a stale window', () => new NoStaleWindow()],
    ] as const) {
      it(what, () => expectFoundOut(inMemory(store()), CONTROL_RUNS));
    }

    for (const [what, defer] of [
      ['deferred invalidations that are applied at once', applyAtOnce],
      ['deferred invalidations that are never applied', applyNever],
      ['deferred invalidations that are applied after a failure too', applyAlways],
    ] as const) {
      it(what, () => expectFoundOut(inMemory(), CONTROL_RUNS, defer));
    }

    it('a first tier whose copies outlive their invalidation', async () =>
      expectFoundOut(
        await inRedis((options) => tiersOver(new RedisStore(options), new NothingInvalidated())),
        CONTROL_RUNS,
      ));

    it('entries in Redis whose markers of freshness never expire', async () =>
      expectFoundOut(await inRedis((options) => new RedisStore(options), { aging: ':{*}' }), CONTROL_RUNS));
  });
});
