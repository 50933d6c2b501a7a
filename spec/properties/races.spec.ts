import { AssertionError, expect } from 'chai';
import fc from 'fast-check';
import { createCache, MemoryStore, type Cache, type Store } from 'freshkeep';
import sinon from 'sinon';

import { describeInOneDialect } from '../support/dialect.js';
import { asElsewhere } from '../support/other-process.js';
import { takingTurns, type Turn } from '../support/taking-turns.js';
import { applyAtOnce, applyNever, FillsRegardless, TagsIgnored } from './planted-bugs.js';
import type { Defer } from './player.js';
import { Running } from './race.js';
import { races, type Race } from './race-steps.js';
import { TIMES } from './times.js';

const RUNS = 500;
const CONTROL_RUNS = 10_000;

/** Where races are run one after another: three caches over one store, whose answers take turns with all else. */
class Track {
  readonly #clocks = sinon.useFakeTimers({ toFake: ['performance', 'Date'], now: 1_000 });
  readonly #defer: Defer | undefined;
  readonly #caches: readonly [Cache, Cache, Cache];
  #scheduler: fc.Scheduler | undefined;
  #races = 0;

  constructor(store: Store, defer?: Defer) {
    this.#defer = defer;
    const here = takingTurns(store, this.#turn);
    const cache = () => createCache({ store: here });
    this.#caches = [cache(), cache(), createCache({ store: asElsewhere(here) })];
  }

  /** Tells all that was wrong. */
  async run(scheduler: fc.Scheduler, race: Race): Promise<readonly string[]> {
    this.#scheduler = scheduler;
    const running = new Running(race, {
      caches: this.#caches,
      turn: this.#turn,
      pass: () => this.#clocks.tick(70_000),
      name: `race ${(this.#races += 1)}`,
      defer: this.#defer,
    });
    await scheduler.waitFor(running.run());
    await scheduler.waitIdle();
    await scheduler.waitFor(running.checkLeft(this.#caches[0]));
    return running.ledger.wrong;
  }

  end(): void {
    this.#clocks.restore();
  }

  readonly #turn: Turn = (label) => this.#scheduler?.schedule(Promise.resolve(), label) ?? Promise.resolve();
}

/** `about`: what kind of wrong answers is looked for. */
function propertyOf(track: Track, about = '') {
  return fc.asyncProperty(fc.scheduler(), races, async (scheduler, race) => {
    const wrong = await track.run(scheduler, race);
    expect(wrong.filter((answer) => answer.includes(about)).join()).to.equal('');
  });
}

async function expectNeverWrong(track: Track): Promise<void> {
  try {
    await fc.assert(propertyOf(track), { numRuns: RUNS * TIMES });
  } finally {
    track.end();
  }
}

async function expectWrongSomewhere(track: Track, about?: string): Promise<void> {
  try {
    const details = await fc.check(propertyOf(track, about), { numRuns: CONTROL_RUNS, endOnFailure: true });
    expect(details.errorInstance).to.be.instanceOf(AssertionError);
  } finally {
    track.end();
  }
}

describeInOneDialect('Calls, writes and transactions at the same time, in any order of answers', function () {
  this.timeout(600_000);

  it('answer no call with what was invalidated, or rolled back, before it, and leave nothing of that behind', () =>
    expectNeverWrong(new Track(new MemoryStore())));

  describe('find out', () => {
    for (const [what, store] of [
      ['a store that fills whatever became of the ticket', () => new FillsRegardless()],
      ['a store that ignores tags', () => new TagsIgnored()],
    ] as const) {
      it(what, () => expectWrongSomewhere(new Track(store())));
    }

    for (const [what, about, defer] of [
      ['old values, where invalidations are applied before the transaction is committed', 'at least', applyAtOnce],
      ['values that were rolled back, where they are applied before that', 'rolled back', applyAtOnce],
      ['old values, where they are never applied', 'at least', applyNever],
      ['transactions that do not see what they have written', 'a transaction that wrote', applyAtOnce],
    ] as const) {
      it(what, () => expectWrongSomewhere(new Track(new MemoryStore(), defer), about));
    }
  });
});
