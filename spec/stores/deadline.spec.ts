import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';

import { Deadline } from '../../lib/stores/redis/deadline.js';
import { Deferred } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';

/** Which of four commands are answered, in which order: at the ends, in the middle, all. */
const ORDERS = [[0], [3], [1], [1, 2], [2, 1], [0, 1], [3, 2], [0, 3], [0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2]];

describe('The deadline of commands', () => {
  let clock: SinonFakeTimers;
  let deadline: Deadline;
  let told: string[];
  let refusal: Error | undefined;

  beforeEach(() => {
    clock = useFakeTimers();
    told = [];
    refusal = undefined;
    deadline = new Deadline(500, {
      refusal: () => refusal,
      answered: () => told.push('answered'),
      failed: () => told.push('failed'),
    });
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

  for (const answered of ORDERS) {
    it(`gives up those alone that are not answered: of four, ${answered.join(' and then ')} are`, async () => {
      const replies = Array.from({ length: 4 }, () => new Deferred<string>());
      const outcomes = replies.map(({ promise }) => outcomeOf(promise));
      for (const index of answered) {
        replies[index]?.resolve('reply');
        await clock.tickAsync(1);
      }
      const later = outcomeOf(new Deferred().promise);
      await clock.tickAsync(502);
      for (const [index, { settled }] of outcomes.entries()) {
        if (answered.includes(index)) expect(settled).to.equal('reply');
        else expect(settled).to.have.property('code', 'ERR_CACHE_STORE_DEADLINE');
      }
      await clock.tickAsync(10);
      expect(later.settled).to.have.property('code', 'ERR_CACHE_STORE_DEADLINE');
      expect(clock.countTimers()).to.equal(0);
    });
  }

  it('takes no command that was answered for one that was given up', async () => {
    outcomeOf(new Deferred().promise);
    for (let sent = 1; sent <= 1_000; sent += 1) outcomeOf(Promise.resolve('reply'));
    await clock.tickAsync(502);
    expect(await deadline.bound('read', () => Promise.resolve('reply'))).to.equal('reply');
  });

  it('sends nothing that is refused', async () => {
    refusal = new Error('away');
    const send = sinon.spy(() => Promise.resolve('reply'));
    expect(await deadline.bound('read', send).catch((error: unknown) => error)).to.equal(refusal);
    expect([send.callCount, clock.countTimers()]).to.deep.equal([0, 0]);
  });

  it('tells whether the server answered in time, by a reply or an error of its own; or not, by silence or a broken line', async () => {
    const late = new Deferred<string>();
    outcomeOf(Promise.resolve('reply'));
    outcomeOf(Promise.reject(Object.assign(new Error('WRONGTYPE'), { name: 'ReplyError' })));
    outcomeOf(Promise.reject(new Error('Connection is closed.')));
    outcomeOf(late.promise);
    await clock.tickAsync(0);
    expect(told.splice(0).sort()).to.deep.equal(['answered', 'answered', 'failed']);
    await clock.tickAsync(502);
    expect(told.splice(0)).to.deep.equal(['failed']);
    late.resolve('late');
    await clock.tickAsync(0);
    expect(told).to.deep.equal([]);
  });

  it('tells of one failure where a command was given up, and its line breaks later', async () => {
    const broken = new Deferred<string>();
    outcomeOf(broken.promise);
    await clock.tickAsync(502);
    broken.reject(new Error('Connection is closed.'));
    await clock.tickAsync(0);
    expect(told).to.deep.equal(['failed']);
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
