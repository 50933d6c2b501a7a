import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';

import { Deadline } from '../../lib/stores/redis/deadline.js';
import { Deferred } from '../support/deferred.js';

describe('The deadline of commands', () => {
  let clock: SinonFakeTimers;
  let deadline: Deadline;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    deadline = new Deadline(500);
  });

  afterEach(() => {
    clock.restore();
  });

  function outcomeOf(reply: Promise<unknown>): { settled?: unknown } {
    const outcome: { settled?: unknown } = {};
    deadline
      .bound('read', () => reply)
      .then(
        (value) => (outcome.settled = value),
        (error: unknown) => (outcome.settled = error),
      );
    return outcome;
  }

  it('lets a reply and a rejection through as they are', async () => {
    const own = new Error('own');
    const [reply, rejection] = [outcomeOf(Promise.resolve('reply')), outcomeOf(Promise.reject(own))];
    await clock.tickAsync(0);
    expect([reply.settled, rejection.settled]).to.deep.equal(['reply', own]);
  });

  it('gives each command its own time, though one timer serves them all', async () => {
    const first = outcomeOf(new Deferred().promise);
    await clock.tickAsync(300);
    const second = outcomeOf(new Deferred().promise);
    expect(clock.countTimers()).to.equal(1);
    await clock.tickAsync(202);
    expect(first.settled).to.have.property('code', 'ERR_CACHE_STORE_DEADLINE');
    expect(second.settled).to.equal(undefined);
    await clock.tickAsync(302);
    expect(second.settled).to.have.property('code', 'ERR_CACHE_STORE_DEADLINE');
    expect(clock.countTimers()).to.equal(0);
  });

  it('sends no further command while 1,000 that were given up are unanswered, and does again once they are', async () => {
    const replies = Array.from({ length: 1_000 }, () => new Deferred<string>());
    for (const { promise } of replies) outcomeOf(promise);
    await clock.tickAsync(600);
    const send = sinon.spy(() => Promise.resolve('reply'));
    const refused: unknown = await deadline.bound('read', send).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'ERR_CACHE_STORE_DEADLINE');
    expect(send.callCount).to.equal(0);
    replies[0]?.resolve('late');
    await clock.tickAsync(0);
    expect(await deadline.bound('read', send)).to.equal('reply');
  });
});
