import { expect } from 'chai';

import { SampledKeys } from '../../lib/statistics/sampled-keys.js';
import { Tally } from '../../lib/statistics/tally.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('the keys of a sample', () => {
  const begin = (options: { readonly othersFill?: boolean } = {}) => {
    const keys = new SampledKeys({ capacity: 10, othersFill: false, evictionEnds: true, ...options });
    const tally = new Tally('user:{}');
    /** A miss, whose load ends at the instant `at`. */
    const load = (at: number, value: unknown, took = 0) => {
      keys.called('user:1', tally, at - took, 'none');
      keys.loaded('user:1', value, { at, took, isCurrent: true });
      keys.filled('user:1', at, { freshUntil: at + MINUTE, staleUntil: at + MINUTE, usableUntil: at + 2 * MINUTE });
    };
    const reloads = () => tally.observations.reduce((sum, { loads }) => sum + loads, 0);
    return { keys, tally, load, reloads };
  };

  it('would have missed with every ttl after an invalidation, and after no eviction', () => {
    const { keys, tally, load } = begin();
    load(0, 'a');
    expect(tally.triedMisses.every((misses) => misses === 1)).to.equal(true);
    keys.evicted('user:1', SECOND / 2);
    load(SECOND / 2, 'a');
    expect(tally.triedMisses.every((misses) => misses === 1)).to.equal(true);
    keys.invalidated(['user:1'], SECOND / 2 + 1);
    load(SECOND / 2 + 1, 'b');
    expect(tally.triedMisses.every((misses) => misses === 2)).to.equal(true);
  });

  it('wait for no load any more once there is an entry, whoever has loaded it', () => {
    for (const what of ['found', 'filled elsewhere', 'filled here', 'none']) {
      const { keys, tally, load } = begin();
      keys.called('user:1', tally, 0, 'none');
      keys.begins('user:1');
      if (what === 'found') keys.called('user:1', tally, SECOND / 2, 'fresh');
      if (what === 'filled elsewhere') keys.filledElsewhere('user:1', SECOND / 2);
      if (what === 'filled here') load(SECOND / 2, 'a');
      keys.called('user:1', tally, 2 * MINUTE, 'none');
      keys.begins('user:1');
      expect([tally.triedMisses[0], tally.triedMisses.at(-1)], what).to.deep.equal([2, what === 'none' ? 2 : 1]);
    }
  });

  it('were invalidated where an entry is gone before its time', () => {
    const { tally, load, reloads } = begin();
    load(0, 'a');
    load(SECOND / 2, 'b');
    expect(tally.triedMisses.every((misses) => misses === 2)).to.equal(true);
    expect(reloads()).to.equal(0);
  });

  it('tell whether a value has changed whenever it is loaded again, where nobody else fills', () => {
    const { load, reloads } = begin();
    load(0, 'a');
    load(100 * MINUTE, 'b');
    expect(reloads()).to.equal(1);
  });

  it('tell so only right after the end of the ttl where others may have filled, and invalidated, unheard', () => {
    for (const [at, told] of [
      [MINUTE, 1],
      [MINUTE + 6 * SECOND, 1],
      [MINUTE + 8 * SECOND, 0],
      [100 * MINUTE, 0],
    ] as const) {
      const { keys, tally, load, reloads } = begin({ othersFill: true });
      load(0, 'a');
      keys.called('user:1', tally, MINUTE - SECOND, 'fresh');
      load(at, 'b');
      expect(reloads(), String(at)).to.equal(told);
    }
  });

  it('tell nothing where others may have invalidated the entry after it was found last, long before its end', () => {
    for (const [foundAt, othersFill, told] of [
      [MINUTE - 5 * SECOND, true, 1],
      [MINUTE - 7 * SECOND, true, 0],
      [MINUTE - 7 * SECOND, false, 1],
    ] as const) {
      const { keys, tally, load, reloads } = begin({ othersFill });
      load(0, 'a');
      keys.called('user:1', tally, SECOND, 'fresh');
      keys.called('user:1', tally, foundAt, 'fresh');
      load(MINUTE, 'b');
      expect(reloads(), `${foundAt}, ${othersFill}`).to.equal(told);
    }
  });

  it('tell nothing where others are seen to invalidate so often that they may have done so in between', () => {
    for (const [vanished, unseenFor, othersFill, told] of [
      [0, 5 * SECOND, true, 1],
      [9, 5 * SECOND, true, 0],
      [9, SECOND / 2, true, 1],
      [9, 5 * SECOND, false, 1],
    ] as const) {
      const { keys, tally, load, reloads } = begin({ othersFill });
      let at = 0;
      for (let time = 0; time < 10; time += 1) {
        load(at, 'a');
        keys.called('user:1', tally, at + MINUTE - SECOND, 'fresh');
        // One that is gone before its time, or one that somebody here has invalidated.
        if (time >= vanished) keys.invalidated(['user:1'], at + MINUTE - SECOND);
        at += MINUTE - SECOND / 2;
      }
      load(at, 'a');
      keys.called('user:1', tally, at + MINUTE - unseenFor, 'fresh');
      load(at + MINUTE, 'b');
      expect(reloads(), `${vanished}, ${unseenFor}, ${othersFill}`).to.equal(told);
    }
  });

  it('take an entry for invalidated that is gone while it would still be served stale', () => {
    const { keys, load, reloads } = begin();
    load(0, 'a');
    keys.filled('user:1', 0, { freshUntil: MINUTE, staleUntil: 3 * MINUTE, usableUntil: 3 * MINUTE });
    load(2 * MINUTE, 'b');
    expect(reloads()).to.equal(0);
  });

  it('tell so of a load that began then, however long it takes', () => {
    const { keys, tally, load, reloads } = begin({ othersFill: true });
    load(0, 'a');
    keys.called('user:1', tally, MINUTE - SECOND, 'fresh');
    load(2 * MINUTE, 'b', MINUTE - SECOND);
    expect(reloads()).to.equal(1);
  });

  it('tell nothing of a value that another process has filled unheard, which is fresh when that of this one would not be', () => {
    for (const [seenAt, found, othersFill, told] of [
      [MINUTE + 50, 'fresh', true, 1],
      [MINUTE + 150, 'fresh', true, 0],
      [MINUTE + 150, 'stale', true, 1],
      [MINUTE + 150, 'fresh', false, 1],
    ] as const) {
      const { keys, tally, load, reloads } = begin({ othersFill });
      load(0, 'a');
      keys.called('user:1', tally, seenAt, found);
      load(MINUTE + 2 * SECOND, 'b');
      expect(reloads(), `${found} at ${seenAt}`).to.equal(told);
    }
  });
});
