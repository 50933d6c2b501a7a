import { expect } from 'chai';
import fc from 'fast-check';

import { UseOrder } from '../../lib/stores/use-order.js';

const LAST = 2 ** 31 - 1;
const SLOTS = 80;

function orderOf(slots: number, beginsAt = 0): UseOrder {
  const order = new UseOrder(undefined, beginsAt);
  order.allocate(slots);
  for (let slot = 0; slot < slots; slot += 1) order.add(slot);
  return order;
}

/** All slots, from the least recently used to the latest. */
function drain(order: UseOrder, slots: number): number[] {
  return Array.from({ length: slots }, () => {
    const least = order.leastRecent();
    order.remove(least);
    return least;
  });
}

describe('The order of uses', () => {
  it('is that in which slots were added, where none was used since', () => {
    expect(drain(orderOf(20), 20)).to.deep.equal(Array.from({ length: 20 }, (_, slot) => slot));
  });

  for (const [title, beginsAt] of [
    ['', 0],
    [', also where stamps run out and are given anew', LAST - 200],
    [', also where they run out while slots are added', LAST - 10],
  ] as const) {
    it(`is exact, whatever the uses between its questions${title}`, () => {
      fc.assert(
        fc.property(
          fc.array(
            fc.oneof(
              fc.integer({ min: 0, max: SLOTS - 1 }),
              fc.constant('least' as const),
              fc.constant('least' as const),
              fc.record({ toggled: fc.integer({ min: 0, max: SLOTS - 1 }) }),
            ),
            { minLength: 100, maxLength: 500, size: 'max' },
          ),
          (program) => {
            const order = orderOf(SLOTS, beginsAt);
            let model = Array.from({ length: SLOTS }, (_, slot) => slot);
            for (const step of program) {
              if (step === 'least') {
                if (model.length > 0) expect(order.leastRecent()).to.equal(model[0]);
              } else if (typeof step === 'object') {
                const { toggled } = step;
                const isIn = model.includes(toggled);
                if (isIn) order.remove(toggled);
                else order.add(toggled);
                model = isIn ? model.filter((slot) => slot !== toggled) : [...model, toggled];
              } else if (model.includes(step)) {
                order.use(step);
                model = [...model.filter((slot) => slot !== step), step];
              }
            }
            expect(drain(order, model.length)).to.deep.equal(model);
          },
        ),
      );
    });
  }

  describe('tells of a use that is looked at', () => {
    const orderThatTells = (told: number[], beginsAt: number, again?: number) => {
      const order: UseOrder = new UseOrder((slot) => {
        told.push(slot);
        if (again !== undefined) order.lookAfter(again);
      }, beginsAt);
      order.allocate(4);
      for (let slot = 0; slot < 4; slot += 1) order.add(slot);
      return order;
    };

    it('after so many others, once, and of none by which a slot is added or touched', () => {
      const told: number[] = [];
      const order = orderThatTells(told, 0);
      order.lookAfter(3);
      for (const slot of [0, 1, 2]) order.use(slot);
      expect(told).to.deep.equal([]);
      order.touch(0);
      order.remove(1);
      order.add(1);
      expect(told).to.deep.equal([]);
      for (const slot of [3, 2, 1]) order.use(slot);
      expect(told).to.deep.equal([3]);
      expect(order.uses).to.equal(4 + 3 + 1 + 1 + 3);
    });

    it('as often as it is asked to, also where stamps run out and are given anew', () => {
      for (const again of [0, 1, 5]) {
        const told: number[] = [];
        const order = orderThatTells(told, LAST - 50, again);
        order.lookAfter(again);
        for (let use = 0; use < 300; use += 1) order.use(use % 4);
        expect(told.length, String(again)).to.be.within(300 / Math.max(1, again) - 50, 300 / Math.max(1, again));
        expect(order.uses).to.equal(304);
        expect(drain(order, 4)).to.deep.equal([0, 1, 2, 3]);
      }
    });

    it('and gives stamps anew in time, where nobody asks for a further one', () => {
      const told: number[] = [];
      const order = orderThatTells(told, LAST - 50);
      order.lookAfter(3);
      for (let use = 0; use < 301; use += 1) order.use(use % 4);
      expect(told).to.have.length(1);
      expect(drain(order, 4)).to.deep.equal([1, 2, 3, 0]);
    });
  });

  it('says about how many others were used since a slot was', () => {
    const slots = 1_000;
    const order = orderOf(slots);
    for (let slot = 0; slot < slots; slot += 1) order.use(slot);
    const estimate = (slot: number) => {
      const drawn = Array.from({ length: 200 }, () => order.othersUsedSince(slot));
      return drawn.reduce((one, other) => one + other) / drawn.length;
    };
    expect(estimate(999)).to.equal(0);
    expect(estimate(995)).to.be.within(0, 4);
    // More than there were uses it never says, and so it is a little too low where no slot was used twice.
    for (const slot of [100, 500, 900]) expect(estimate(slot)).to.be.within(0.7 * (slots - slot), slots - slot);
  });

  it('is looked for at a bounded cost: where thousands were used, one of those that were looked at is given', () => {
    const slots = 20_000;
    const order = orderOf(slots);
    for (let slot = 0; slot < slots; slot += 1) order.use(slot);
    order.use(0);
    const least = order.leastRecent();
    expect(least).to.be.within(1, 1_001);
  });

  it('keeps slots of lower numbers when room is made or taken away', () => {
    const order = orderOf(4);
    order.use(0);
    order.allocate(8);
    for (let slot = 4; slot < 8; slot += 1) order.add(slot);
    expect(drain(order, 8)).to.deep.equal([1, 2, 3, 0, 4, 5, 6, 7]);
    order.allocate(0);
    order.allocate(2);
    for (const slot of [0, 1]) order.add(slot);
    expect(drain(order, 2)).to.deep.equal([0, 1]);
  });
});
