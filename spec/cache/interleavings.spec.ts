import { expect } from 'chai';
import fc from 'fast-check';
import { createCache, key, type FillResult, type FillTerms, type SealedValue } from 'freshkeep';

import { asElsewhere } from '../support/other-process.js';
import { ChaosStore, type ChaosOperation } from '../support/chaos-store.js';

const k = key`k`;
const RUNS = 400;
const OPERATIONS: readonly ChaosOperation[] = ['read', 'open', 'fill', 'abandon', 'set', 'invalidate'];

type Step = 'read' | 'write' | 'write elsewhere';

/** The source of truth: a counter, read in two steps so that a write can come between. */
interface World {
  version: number;
  /** The version that was current when the latest invalidation had been applied. */
  applied: number;
}

/** The store without the check that makes it right: what a fill by `set` is. */
class TicketlessStore extends ChaosStore {
  override async fill(key: string, _ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    await this.set(key, value, terms);
    return 'filled';
  }
}

/**
 * Runs steps on two caches over one store, every answer of the store and of the source delivered in an order that
 * fast-check chooses. Tells what was wrong, if anything.
 */
async function play(scheduler: fc.Scheduler, store: ChaosStore, steps: readonly Step[]): Promise<string | undefined> {
  for (const operation of OPERATIONS) store.disturb(operation, () => scheduler.schedule(Promise.resolve(), operation));
  const [here, elsewhere] = [createCache({ store }), createCache({ store: asElsewhere(store) })];
  const world: World = { version: 0, applied: 0 };
  const wrong: string[] = [];

  const load = async (): Promise<number> => {
    await scheduler.schedule(Promise.resolve(), 'query sent');
    const { version } = world;
    await scheduler.schedule(Promise.resolve(), 'query answered');
    return version;
  };
  const act = async (step: Step): Promise<void> => {
    const atStart = world.applied;
    if (step === 'read') {
      const version = await here.getOrLoad(k, load, { ttl: '1h', lock: false });
      if (version < atStart) wrong.push(`a call begun at version ${atStart} got ${version}`);
      return;
    }
    world.version += 1;
    const written = world.version;
    await (step === 'write' ? here : elsewhere).invalidate(k);
    world.applied = Math.max(world.applied, written);
  };

  const acting = steps.map((step) => scheduler.schedule(Promise.resolve(), step).then(() => act(step)));
  await scheduler.waitFor(Promise.all(acting));
  await scheduler.waitIdle();
  for (const operation of OPERATIONS) store.disturb(operation, () => Promise.resolve());
  const left = await here.get<number>(k);
  if (left !== undefined && left !== world.version)
    wrong.push(`version ${left} stayed behind, ${world.version} is current`);
  return wrong[0];
}

const programs = fc.array(fc.constantFrom<Step>('read', 'read', 'write', 'write elsewhere'), {
  minLength: 3,
  maxLength: 8,
});

describe('Whatever the order in which store and source answer', () => {
  it('no call gets a value older than the last invalidation before it, and none stays behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), programs, async (scheduler, steps) => {
        expect(await play(scheduler, new ChaosStore(), steps)).to.equal(undefined);
      }),
      { numRuns: RUNS },
    );
  }).timeout(30_000);

  it('but without the ticket there is an order that leaves an old value behind', async () => {
    const details = await fc.check(
      fc.asyncProperty(fc.scheduler(), programs, async (scheduler, steps) => {
        expect(await play(scheduler, new TicketlessStore(), steps)).to.equal(undefined);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(details.failed).to.equal(true);
  }).timeout(30_000);
});
