import { expect } from 'chai';

import { formatNotes, NotesParser } from '../../lib/stores/redis/entry-notes.js';
import { collectGarbage } from '../support/garbage.js';

const MEGABYTE = 1024 * 1024;

function notesOf(id: number): string {
  return formatNotes({ tags: new Map([[`product:${id}`, `version-${id}`]]) });
}

/** Strings that are made of bytes lie outside the heap. */
function memoryUsed(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('The notes in the header of an entry', () => {
  it('are read as they were written, however many others were read before', () => {
    const parser = new NotesParser();
    for (let round = 1; round <= 2; round += 1) {
      for (let id = 0; id < 2_500; id += 1) {
        const { tags } = parser.parse(notesOf(id));
        expect([...(tags ?? [])]).to.deep.equal([[`product:${id}`, `version-${id}`]]);
      }
    }
  });

  it('are one object where they are the same, and not where they differ from entry to entry anyway', () => {
    const parser = new NotesParser();
    expect(parser.parse(notesOf(1))).to.equal(parser.parse(notesOf(1)));
    const early = formatNotes({ early: [20, 1_000] });
    expect(parser.parse(early)).to.not.equal(parser.parse(early));
  });

  it('are never taken for those of an entry that somebody else wrote', () => {
    const parser = new NotesParser();
    // Not as ASCII; the lower byte of the letter is that of an A.
    const foreign = notesOf(1).replace('product:1', '\u0141');
    expect([...(parser.parse(foreign).tags ?? [])]).to.deep.equal([['\u0141', 'version-1']]);
    expect([...(parser.parse(foreign.replace('\u0141', 'A')).tags ?? [])]).to.deep.equal([['A', 'version-1']]);
  });

  it('are remembered without the payload that they were part of', () => {
    const parser = new NotesParser();
    const before = memoryUsed();
    for (let id = 0; id < 100; id += 1) {
      const notes = notesOf(id);
      // A string that was made of bytes is flat, so that a part of it refers to the whole.
      const payload = Buffer.alloc(MEGABYTE, `${notes}\n`, 'latin1').toString('latin1');
      parser.parse(payload.slice(0, notes.length));
    }
    // What is not referred to may be there a little longer: of 100 MB, not the most.
    expect((memoryUsed() - before) / MEGABYTE).to.be.lessThan(60);
  });
});
