import { expect } from 'chai';
import fc from 'fast-check';

import { PositionTracker } from '../../lib/invalidation/position-tracker.js';

const at = (epoch: string, sequence: number) => ({ epoch, sequence, origin: 'o', what: { keys: ['k'], tags: [] } });

describe('The position of a bus', () => {
  let tracker: PositionTracker;

  beforeEach(() => {
    tracker = new PositionTracker();
  });

  it('is followed from where it was read, message by message', () => {
    tracker.adopt(at('e', 7));
    expect([8, 9, 10].map((sequence) => tracker.receive(at('e', sequence)))).to.deep.equal(['next', 'next', 'next']);
    expect(tracker.compare(at('e', 10), 0)).to.equal('in step');
  });

  it('knows messages that were included in what was read', () => {
    tracker.adopt(at('e', 7));
    expect([6, 7].map((sequence) => tracker.receive(at('e', sequence)))).to.deep.equal(['known', 'known']);
    expect(tracker.receive(at('e', 8))).to.equal('next');
  });

  it('takes in what arrives before it was read', () => {
    expect(tracker.receive(at('e', 8))).to.equal('early');
    tracker.adopt(at('e', 7));
    expect(tracker.receive(at('e', 9))).to.equal('next');
  });

  it('shows a gap where a message is left out, comes twice, or comes from another epoch', () => {
    for (const [title, message] of [
      ['left out', at('e', 10)],
      ['twice', at('e', 8)],
      ['another epoch', at('f', 9)],
    ] as const) {
      tracker.adopt(at('e', 7));
      tracker.receive(at('e', 8));
      expect(tracker.receive(message), title).to.equal('gap');
    }
  });

  it('begins with the first message where nothing was announced yet', () => {
    tracker.adopt(at('', 0));
    expect(tracker.compare(at('', 0), 0)).to.equal('in step');
    expect(tracker.compare(at('e', 1), 0)).to.equal('behind');
    expect(tracker.receive(at('e', 1))).to.equal('next');
    expect(tracker.receive(at('e', 2))).to.equal('next');
    expect(tracker.compare(at('e', 2), 0)).to.equal('in step');
  });

  it('is compared with what Redis says now', () => {
    tracker.adopt(at('e', 7));
    expect(tracker.compare(at('e', 8), 0)).to.equal('behind');
    expect(tracker.compare(at('e', 6), 0), 'read before the last message').to.equal('in step');
    expect(tracker.compare(at('f', 7), 0)).to.equal('replaced');
    expect(tracker.compare(at('', 0), 0), 'Redis was emptied').to.equal('replaced');
    expect(tracker.compare(at('e', 6), 7), 'a replica that lagged took over').to.equal('replaced');
  });

  it('shows every loss, at the next message or the next comparison, whatever is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.nat(20), (arrives, start) => {
        const own = new PositionTracker();
        own.adopt(at('e', start));
        let noticed = 0;
        for (const [index, arrived] of arrives.entries()) {
          if (!arrived) continue;
          const message = at('e', start + index + 1);
          if (own.receive(message) === 'next') continue;
          noticed += 1;
          own.adopt(message);
        }
        if (own.compare(at('e', start + arrives.length), 0) === 'behind') noticed += 1;
        const losses = arrives.filter((arrived, index) => !arrived && arrives[index - 1] !== false).length;
        expect(noticed).to.equal(losses);
      }),
    );
  });
});
