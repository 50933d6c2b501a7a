import { expect } from 'chai';
import sinon from 'sinon';

import { RefreshBackoff } from '../../lib/cache/refresh-backoff.js';

describe('The back-off of refreshes', () => {
  let clock: sinon.SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
  });

  afterEach(() => {
    clock.restore();
  });

  it('pauses a key for one second at first, at most a minute in the end, each shortened by up to half', () => {
    const backoff = new RefreshBackoff();
    const pauses = Array.from({ length: 10 }, () => {
      backoff.failed('k');
      return backoff.pauseOf('k');
    });
    for (const [index, pause] of pauses.entries()) {
      const longest = Math.min(1_000 * 2 ** index, 60_000);
      expect(pause).to.be.within(longest / 2, longest);
    }
    expect(backoff.pauses('k')).to.equal(true);
    clock.tick(60_000);
    expect(backoff.pauses('k')).to.equal(false);
  });

  it('begins anew after a success', () => {
    const backoff = new RefreshBackoff();
    for (let time = 1; time <= 5; time += 1) backoff.failed('k');
    backoff.succeeded('k');
    expect(backoff.pauses('k')).to.equal(false);
    backoff.failed('k');
    expect(backoff.pauseOf('k')).to.be.at.most(1_000);
  });

  it('remembers the last 10,000 keys', () => {
    const backoff = new RefreshBackoff();
    backoff.failed('first');
    for (let key = 0; key < 9_999; key += 1) backoff.failed(`${key}`);
    expect(backoff.pauses('first')).to.equal(true);
    backoff.failed('first');
    backoff.failed('one more');
    expect([backoff.pauses('0'), backoff.pauses('first'), backoff.pauses('one more')]).to.deep.equal([
      false,
      true,
      true,
    ]);
  });
});
