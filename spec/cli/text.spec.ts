import { expect } from 'chai';
import fc from 'fast-check';

import { printable } from '../../lib/cli/text/printable.js';
import { COLOURED, PLAIN } from '../../lib/cli/text/style.js';
import { table, type Column } from '../../lib/cli/text/table.js';
import { cutTo, textWidth } from '../../lib/cli/text/text-width.js';
import { wrap } from '../../lib/cli/text/wrap.js';
import { Sink } from './cli.js';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', align: 'left', givesWay: 0 },
  { title: 'CALLS', align: 'right', givesWay: 0 },
  { title: 'LESS', align: 'right', givesWay: 1 },
  { title: 'LEAST', align: 'right', givesWay: 2 },
];
const ROWS = [
  ['a-pattern-with-a-long-name:{}', '1', '2', '3'],
  ['short', '1,000', '20', '30'],
];

describe('Text of the command line tool', () => {
  it('is a table with figures to the right', () => {
    expect(table(COLUMNS, ROWS)).to.deep.equal([
      'NAME                           CALLS  LESS  LEAST',
      'a-pattern-with-a-long-name:{}      1     2      3',
      'short                          1,000    20     30',
    ]);
  });

  it('leaves out the least of the columns first where there is no room, then cuts names', () => {
    expect(table(COLUMNS, ROWS, 37)[0]).to.equal('NAME                      CALLS  LESS');
    expect(table(COLUMNS, ROWS, 22)[1]).to.equal('a-pattern-with…      1');
  });

  it('is never wider than it may be', () => {
    // Of all code points, without the table of them that the arbitrary for strings would make first.
    const name40 = fc
      .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 40 })
      .map((codePoints) => String.fromCodePoint(...codePoints));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), name40, (width, name) => {
        for (const line of table(COLUMNS, [[name, '1', '2', '3']], width)) expect(textWidth(line)).to.be.at.most(width);
      }),
    );
  });

  it('is as wide as it looks: of East Asia two cells a character, of marks above a letter none', () => {
    expect(['user', 'é', 'e\u0301', '…', '用户', '한글', '😀', 'a\u200bb'].map(textWidth)).to.deep.equal([
      4, 1, 1, 1, 4, 4, 2, 2,
    ]);
    expect(
      table(COLUMNS, [
        ['用户:{}', '1', '2', '3'],
        ['user:{}', '1', '2', '3'],
      ]),
    ).to.deep.equal(['NAME     CALLS  LESS  LEAST', '用户:{}      1     2      3', 'user:{}      1     2      3']);
    // No character is cut in two.
    expect([1, 2, 3, 4, 5, 6].map((width) => cutTo('用😀ab', width))).to.deep.equal([
      '…',
      '…',
      '用…',
      '用…',
      '用😀…',
      '用😀ab',
    ]);
  });

  it('is wrapped at spaces, and loses no word', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), fc.integer({ min: 20, max: 60 }), (text, width) => {
        const lines = wrap(text, width, '  ');
        expect(lines.map((line) => line.slice(2)).join(' ')).to.equal(text);
        for (const line of lines) expect(line.length).to.be.at.most(width);
      }),
    );
  });

  it('shows what would move the cursor of a terminal, or turn the direction, as a code', () => {
    expect(printable('a\u001b[2Jb\r\nc\u009bd\u202ee')).to.equal('a\\u001b[2Jb\\u000d\\u000ac\\u009bd\\u202ee');
    expect(printable('Grüße 漢字')).to.equal('Grüße 漢字');
  });

  it('is coloured on a terminal alone, and not where NO_COLOR is set', () => {
    const terminal = new Sink({ columns: 80, rows: 24 });
    expect(terminal.asOutput().style).to.equal(COLOURED);
    expect(terminal.asOutput({ NO_COLOR: '' }).style).to.equal(COLOURED);
    expect(terminal.asOutput({ NO_COLOR: '1' }).style).to.equal(PLAIN);
    expect(terminal.asOutput({ TERM: 'dumb' }).style).to.equal(PLAIN);
    expect(new Sink().asOutput().style).to.equal(PLAIN);
  });
});
