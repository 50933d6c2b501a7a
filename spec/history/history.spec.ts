import { expect } from 'chai';

import { findViolations, lastOf, type Loss, type ProcessHistory, type Write } from './history.js';

const BOUNDS = { normally: 100, cutOff: 1_000 };

/** Invalidated and acknowledged at once. */
function write(version: number, at: number, key = 'k'): Write {
  return { key, version, to: at, applied: at };
}

function read(version: number, at: number, key = 'k') {
  return { key, version, from: at, to: at, away: false };
}

const loss = (from: number, to: number, ...keys: string[]): Loss => ({ keys: new Set(keys), from, to });

/** The versions that were too old, of one process that writes and another one that reads. */
function tooOld(writer: ProcessHistory, reader: ProcessHistory, losses: readonly Loss[] = []): number[] {
  const found = findViolations([writer, reader], { silences: [], losses, bounds: BOUNDS });
  return found.map((violation) => violation.read.version);
}

describe('the checker of histories', () => {
  const writer: ProcessHistory = { reads: [], writes: [write(1, 1_000), write(2, 2_000)] };
  const readers = (...reads: ProcessHistory['reads']): ProcessHistory => ({ reads, writes: [] });

  it('finds a version that is older than an invalidation that was acknowledged', () => {
    expect(tooOld(writer, readers(read(1, 2_050), read(2, 2_150), read(1, 2_150)))).to.deep.equal([1]);
    expect(tooOld({ ...writer, reads: [read(1, 2_001)] }, readers())).to.deep.equal([1]);
  });

  it('excuses a write that was acknowledged right before its master died: the version before it may come back', () => {
    const losses = [loss(1_900, 2_050, 'k')];
    expect(tooOld({ ...writer, reads: [read(1, 2_500)] }, readers(read(1, 2_500)), losses)).to.deep.equal([]);
    expect(lastOf('k', [writer], losses)).to.equal(1);
  });

  it('excuses nothing older than the version before it', () => {
    const losses = [loss(1_900, 2_050, 'k')];
    expect(tooOld(writer, readers(read(0, 2_500)), losses)).to.deep.equal([0]);
  });

  it('excuses no write of another key, and none that was acknowledged before or after', () => {
    for (const other of [loss(1_900, 2_050, 'other'), loss(1_001, 1_999, 'k'), loss(2_001, 3_000, 'k')]) {
      expect(tooOld(writer, readers(read(1, 2_500)), [other])).to.deep.equal([1]);
      expect(lastOf('k', [writer], [other])).to.equal(2);
    }
  });

  it('lets an excused write be forgotten only until the next one', () => {
    const again: ProcessHistory = { reads: [], writes: [...writer.writes, write(3, 3_000)] };
    expect(tooOld(again, readers(read(1, 2_999), read(1, 3_200)), [loss(1_900, 2_050, 'k')])).to.deep.equal([1]);
  });

  it('excuses a write that was queued and replayed then, until it is replayed again', () => {
    const replayed = { key: 'k', version: 1, to: 1_900, applied: undefined, replayed: 2_000 };
    const losses = [loss(1_950, 2_050, 'k')];
    expect(tooOld({ reads: [read(0, 3_000)], writes: [replayed] }, readers(), losses)).to.deep.equal([]);
    const again = { reads: [], writes: [{ ...replayed, applied: 4_000 }] };
    expect(tooOld(again, readers(read(0, 3_900), read(0, 4_200)), losses)).to.deep.equal([0]);
  });

  it('does not excuse a write whose invalidation was only queued', () => {
    const queued: ProcessHistory = {
      reads: [read(0, 2_100)],
      writes: [{ key: 'k', version: 1, to: 2_000, applied: undefined }],
    };
    expect(tooOld(queued, readers(), [loss(0, 9_000, 'k')])).to.deep.equal([0]);
  });
});
