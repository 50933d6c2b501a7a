import { expect } from 'chai';
import sinon from 'sinon';

import { SharedTurn } from '../../lib/cache/shared-turn.js';

describe('A turn that several loads share', () => {
  it('ends with the last of them, however often each says that it has ended', () => {
    const end = sinon.spy();
    const shared = new SharedTurn({ begun: () => undefined, hurry: sinon.spy(), end });
    const [one, other] = [shared.hold(), shared.hold()];
    one.end();
    one.end();
    expect([shared.isOver, end.callCount]).to.deep.equal([false, 0]);
    other.end();
    expect([shared.isOver, end.callCount]).to.deep.equal([true, 1]);
  });
});
