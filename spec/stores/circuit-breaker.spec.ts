import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';

import { CircuitBreaker } from '../../lib/stores/redis/circuit-breaker.js';
import { Deferred } from '../support/deferred.js';

describe('The circuit breaker', () => {
  let clock: SinonFakeTimers;
  let breaker: CircuitBreaker;
  let states: string[];
  let probes: Deferred<unknown>[];
  let recovery: Deferred<boolean>;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    states = [];
    probes = [];
    recovery = new Deferred();
    breaker = new CircuitBreaker({
      failures: 3,
      probe: () => {
        const probe = new Deferred<unknown>();
        probes.push(probe);
        return probe.promise;
      },
      recover: () => recovery.promise,
      changed: (state) => states.push(state),
    });
  });

  afterEach(() => {
    clock.restore();
  });

  function fail(times: number): void {
    for (let time = 1; time <= times; time += 1) breaker.failed();
  }

  it('is closed, and stays so while failures are not in a row', () => {
    for (let time = 1; time <= 10; time += 1) {
      fail(2);
      breaker.answered();
    }
    expect([breaker.state, breaker.admits('read'), states]).to.deep.equal(['closed', true, []]);
  });

  it('opens at the third failure in a row, and admits nothing', () => {
    fail(3);
    expect(states).to.deep.equal(['open']);
    for (const operation of ['read', 'fill', 'invalidate']) expect(breaker.admits(operation)).to.equal(false);
    fail(10);
    expect(states).to.deep.equal(['open']);
  });

  it('sends probes while it is open, three at most that are not answered, and leaves no timer once it is closed', async () => {
    fail(3);
    await clock.tickAsync(60_000);
    expect(probes.length).to.equal(3);
    for (const probe of probes.splice(0, 2)) probe.reject(new Error('away'));
    await clock.tickAsync(60_000);
    expect(probes.length).to.equal(3);
    recovery.resolve(true);
    probes[0]?.resolve('PONG');
    await clock.tickAsync(2_000);
    expect([states, clock.countTimers()]).to.deep.equal([['open', 'half-open', 'closed'], 0]);
  });

  it('admits only what recovery needs until recovery is done, and then everything', async () => {
    fail(3);
    probes[0]?.resolve('PONG');
    await clock.tickAsync(0);
    expect(breaker.state).to.equal('half-open');
    expect(
      ['invalidate', 'clear', 'read', 'open', 'fill', 'set', 'bus'].filter((o) => breaker.admits(o)),
    ).to.deep.equal(['invalidate', 'clear']);
    recovery.resolve(true);
    await clock.tickAsync(0);
    expect([breaker.state, breaker.admits('read')]).to.deep.equal(['closed', true]);
  });

  it('takes the late answer to a command from before for a sign of life', async () => {
    fail(3);
    breaker.answered();
    recovery.resolve(true);
    await clock.tickAsync(0);
    expect(breaker.state).to.equal('closed');
  });

  it('opens again where recovery was not done, or a command of it fails, and tries again', async () => {
    fail(3);
    probes[0]?.resolve('PONG');
    await clock.tickAsync(0);
    recovery.resolve(false);
    await clock.tickAsync(0);
    expect(states).to.deep.equal(['open', 'half-open', 'open']);
    recovery = new Deferred();
    breaker.answered();
    breaker.failed();
    expect(states.slice(3)).to.deep.equal(['half-open', 'open']);
    recovery.resolve(true);
    await clock.tickAsync(0);
    expect(breaker.state).to.equal('open');
    breaker.answered();
    await clock.tickAsync(0);
    expect(breaker.state).to.equal('closed');
  });

  it('probes in one loop only, however often it opens', async () => {
    for (let time = 1; time <= 5; time += 1) {
      fail(3);
      breaker.answered();
      breaker.failed();
      breaker.answered();
      recovery.resolve(true);
      await clock.tickAsync(0);
    }
    fail(3);
    await clock.tickAsync(0);
    expect(clock.countTimers()).to.equal(1);
  });

  it('does not try again at once, and again, where the server answers and recovery fails', async () => {
    fail(3);
    recovery.resolve(false);
    for (let time = 0; time < 10_000; time += 100) {
      for (const probe of probes) probe.resolve('PONG');
      await clock.tickAsync(100);
    }
    expect(probes.length).to.be.within(10, 25);
    expect(breaker.state).to.equal('open');
  });
});
