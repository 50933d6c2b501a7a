import { expect } from 'chai';

import { P99, THROUGHPUT, TIME, TIMES_FLOOR } from '../../bench/measures.js';
import { withTables, withText } from '../../bench/report.js';
import { parseResults, stringifyResults, type Results } from '../../bench/results.js';
import { atLeast, atMost, type Question } from '../../bench/scenario.js';

const QUESTION: Question = {
  name: 'hits',
  question: 'What does a hit cost?',
  columns: [TIME, TIMES_FLOOR, THROUGHPUT, P99],
  variants: [
    { name: '1 key', targets: [atMost(TIMES_FLOOR, 1.2), atLeast(THROUGHPUT, 0.4), atMost(P99, 1, 'a rival')] },
    { name: 'many keys' },
  ],
};

const RESULTS: Results = {
  measuredAt: '2026-01-02T03:04:05.000Z',
  node: 'v20.0.0',
  processor: '2 × Any',
  scenario: 'hits',
  extent: '2 rounds',
  lines: [
    { variant: '1 key', contender: 'floor', series: { nanoseconds: [100, 200, 100], p99Milliseconds: [0.5] } },
    { variant: '1 key', contender: 'freshkeep', series: { nanoseconds: [200, 400, 300] } },
  ],
  absent: [
    { variant: '1 key', contender: 'one', why: 'no tiers' },
    { variant: '1 key', contender: 'two', why: 'no tiers' },
  ],
};

const MARKED = 'Before\n\n<!-- hits: written by npm run bench -->\nold\n<!-- hits: end -->\n\nAfter\n';

describe('the tables of the bench', () => {
  const document = withTables(MARKED, QUESTION, RESULTS);

  it('stand between the marks of their scenario, in the place of the old ones', () => {
    expect(document).to.match(
      /^Before\n\n<!-- hits: written by npm run bench -->\n\nWhat does a hit cost\? Measured 2026-01-02/,
    );
    expect(document.endsWith('<!-- hits: end -->\n\nAfter\n')).to.be.true;
    expect(document).not.to.include('old');
  });

  it('have a line for each contender, and a dash for what was not measured', () => {
    expect(document).to.include('| 1 key | per call (median) | × floor | calls/s × floor | p99 |');
    expect(document).to.include('| floor | 100 ns | 1.00 | 1.00 | 0.500 ms |');
    expect(document).to.include('| freshkeep | 300 ns | 2.00 | 0.50 | – |');
  });

  it('say of targets whether they are met, both of those that are a least and a most', () => {
    expect(document).to.include('- Target for freshkeep: × floor at most 1.20. Measured: 2.00, **missed**.');
    expect(document).to.include('- Target for freshkeep: calls/s × floor at least 0.40. Measured: 0.50, met.');
  });

  it('take a target for missed whose contender was not there', () => {
    expect(document).to.include('- Target for a rival: p99 at most 1.00 ms. Measured: –, **missed**.');
  });

  it('name who was not in it, and why', () => {
    expect(document).to.include('- Not in it: one, two (no tiers).');
    expect(document).to.include('many keys: nobody took part.');
  });

  it('are refused where the document has no place for them', () => {
    expect(() => withText('nothing', 'hits', 'text')).to.throw(
      'Expected the mark <!-- hits: written by npm run bench -->',
    );
  });
});

describe('the results of the bench', () => {
  const text = stringifyResults({
    ...RESULTS,
    lines: [{ variant: 'v', contender: 'c', series: { loads: [1, NaN, 2.123456789] } }],
  });

  it('are kept with a line for each series, and the digits that mean something', () => {
    expect(text).to.match(/"loads": \[ ?1, null, 2\.12346 ?\]/);
  });

  it('say of what was not measured that it was not, also when they are read again', () => {
    expect(parseResults(text).lines[0]?.series.loads).to.deep.equal([1, NaN, 2.12346]);
  });
});
