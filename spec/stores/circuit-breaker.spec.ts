import { expect } from 'chai';
import { type SinonFakeTimers } from 'sinon';

import { CircuitBreaker } from '../../lib/stores/redis/circuit-breaker.js';
import { Deferred } from '../support/deferred.js';
import { useFakeTimers } from '../support/fake-timers.js';

describe('The circuit breaker', () => {
  let clock: SinonFakeTimers;
  let breaker: CircuitBreaker;
  let states: string[];
  let probes: Deferred<unknown>[];
  let recovery: Deferred;

  beforeEach(() => {
    clock = useFakeTimers();
    states = [];
    probes = [];
    recovery = new Deferred();
    breaker = new CircuitBreaker({
      failures: 3,
      deadline: 500,
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
    for (const probe of probes.splice(0)) probe.reject(new Error('away'));
    recovery.resolve();
    await answerNext();
    await clock.tickAsync(2_000);
    expect([states, clock.countTimers()]).to.deep.equal([['open', 'half-open', 'closed'], 0]);
  });

  it('admits only what recovery needs until recovery is done, and then everything', async () => {
    fail(3);
    await answerNext();
    expect(breaker.state).to.equal('half-open');
    expect(
      ['invalidate', 'clear', 'read', 'open', 'fill', 'set', 'bus'].filter((o) => breaker.admits(o)),
    ).to.deep.equal(['invalidate', 'clear']);
    recovery.resolve();
    await clock.tickAsync(0);
    expect([breaker.state, breaker.admits('read')]).to.deep.equal(['closed', true]);
  });

  it('asks again at once where a probe is answered late, and trusts only an answer in time', async () => {
    fail(3);
    recovery.resolve();
    await clock.tickAsync(60_000);
    const late = probes.splice(0);
    for (const probe of late) probe.resolve('PONG');
    await clock.tickAsync(0);
    expect([breaker.state, probes.length]).to.deep.equal(['open', 1]);
    await clock.tickAsync(100);
    probes[0]?.resolve('PONG');
    await clock.tickAsync(0);
    expect(breaker.state).to.equal('closed');
  });

  it('stays open while a server answers, and each time too late', async () => {
    fail(3);
    for (let time = 0; time < 20_000; time += 650) {
      const asked = probes.splice(0);
      await clock.tickAsync(650);
      for (const probe of asked) probe.resolve('PONG');
      breaker.answered();
    }
    expect(states).to.deep.equal(['open']);
  });

  it('opens again where a command of the recovery is not answered, and tries again', async () => {
    fail(3);
    await answerNext();
    breaker.failed();
    expect(states).to.deep.equal(['open', 'half-open', 'open']);
    recovery.resolve();
    await clock.tickAsync(0);
    expect(breaker.state).to.equal('open');
    await answerNext();
    expect(breaker.state).to.equal('closed');
  });

  it('probes in one loop only, however often it opens', async () => {
    for (let time = 1; time <= 5; time += 1) {
      recovery = new Deferred();
      fail(3);
      await clock.tickAsync(1_000);
      await answerNext();
      breaker.failed();
      await clock.tickAsync(1_000);
      recovery.resolve();
      await answerNext();
    }
    fail(3);
    await clock.tickAsync(0);
    expect(clock.countTimers()).to.equal(1);
  });

  /** The next probe, in time; those before it are still away. */
  async function answerNext(): Promise<void> {
    const latest = await nextProbe();
    latest.resolve('PONG');
    await clock.tickAsync(0);
  }

  async function nextProbe(): Promise<Deferred<unknown>> {
    for (const probe of probes.splice(0)) probe.reject(new Error('away'));
    for (let time = 0; time < 2_000; time += 10) {
      const [probe] = probes.splice(0);
      if (probe !== undefined) return probe;
      await clock.tickAsync(10);
    }
    throw new Error('Expected a probe within 2 s');
  }
});
