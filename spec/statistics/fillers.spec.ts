import { expect } from 'chai';

import { Fillers, type FilledBy, type FilledFor } from '../../lib/statistics/fillers.js';

const by = (name: string, declared: string | undefined = '1000 0', code = `${name} 1`): FilledBy => ({
  name,
  code,
  declared,
  ttlVaries: false,
  silentWriters: [],
});

const lasting = (ttl: number, staleWhileRevalidate = 0): FilledFor => ({ ttl, staleWhileRevalidate });

describe('those who fill', () => {
  let fillers: Fillers;

  beforeEach(() => {
    fillers = new Fillers();
  });

  const told = () =>
    fillers.all.map(({ name, fills, shortestTtl, longestTtl }) => [name, fills, shortestTtl, longestTtl]);

  it('are told apart, the first eight of them, with the lifetimes that they give', () => {
    for (let method = 0; method < 20; method += 1) fillers.add(by(`m${method}`), lasting(1_000), false);
    fillers.add(by('m3'), lasting(5_000, 60_000), true);
    expect(fillers.all.map(({ name }) => name)).to.deep.equal(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']);
    expect(fillers.all[3]).to.deep.include({
      fills: 2,
      shortestTtl: 1_000,
      longestTtl: 5_000,
      staleWhileRevalidate: 60_000,
      tagged: true,
      ttlVaries: false,
    });
  });

  it('are two where the same code declares two lifetimes, and where two codes have one name', () => {
    fillers.add(by('load', '1000 0'), lasting(1_000), false);
    fillers.add(by('load', '5000 0'), lasting(5_000), false);
    fillers.add(by('load', '1000 0', 'load 2'), lasting(1_000), false);
    expect(told()).to.deep.equal([
      ['load', 1, 1_000, 1_000],
      ['load', 1, 5_000, 5_000],
      ['load', 1, 1_000, 1_000],
    ]);
  });

  it('are one where the same code declares ever more lifetimes: they are reckoned', () => {
    for (let ttl = 1_000; ttl <= 50_000; ttl += 1_000) fillers.add(by('load', `${ttl} 0`), lasting(ttl), false);
    fillers.add(by('other'), lasting(7_000), false);
    expect(told()).to.deep.equal([
      ['load', 50, 1_000, 50_000],
      ['other', 1, 7_000, 7_000],
    ]);
    expect(fillers.all.map(({ ttlVaries }) => ttlVaries)).to.deep.equal([true, false]);
  });

  it('are one where lifetimes come with each call', () => {
    for (const ttl of [1_000, 2_000, 3_000]) fillers.add({ ...by('load'), declared: undefined }, lasting(ttl), false);
    expect(told()).to.deep.equal([['load', 3, 1_000, 3_000]]);
  });
});
