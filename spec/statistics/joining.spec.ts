import { expect } from 'chai';

import { companyOf, Joining } from '../../lib/statistics/joining.js';
import { Tally } from '../../lib/statistics/tally.js';

describe('how calls come together', () => {
  let tally: Tally;
  let joining: Joining;

  beforeEach(() => {
    tally = new Tally('user:{}');
    joining = new Joining();
  });

  const counted = () => [tally.begun, tally.expectedToJoin, tally.joined];

  it('is how many more join a load than would if they came at random', () => {
    for (let load = 0; load < 98; load += 1) {
      joining.foundNothing(1, 0.5);
      expect(joining.begins(1, tally)).to.equal(true);
      for (let call = 0; call < 2; call += 1) {
        joining.foundNothing(1, 0.5);
        joining.joins(tally);
      }
    }
    expect(counted()).to.deep.equal([98, 49, 196]);
    expect(companyOf(tally)).to.equal(1.47);
  });

  it('is none where fewer join than would at random', () => {
    joining.foundNothing(1, 3);
    joining.begins(1, tally);
    expect(companyOf(tally)).to.equal(0);
  });

  it('does not depend on loads that no call begins that has just found nothing', () => {
    expect(joining.begins(1, tally)).to.equal(false);
    joining.foundNothing(1, 0.5);
    expect(joining.begins(2, tally), 'of another key').to.equal(false);
    expect(joining.begins(1, tally), 'afterwards').to.equal(false);
    joining.foundNothing(1, 0.5);
    joining.joins(tally);
    expect(joining.begins(1, tally), 'of a call that has joined one').to.equal(false);
    joining.foundNothing(1, 0.5);
    joining.begins(1, tally);
    expect(joining.begins(1, tally), 'twice').to.equal(false);
    expect(counted()).to.deep.equal([1, 0.5, 1]);
  });
});
