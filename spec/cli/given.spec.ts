import { expect } from 'chai';

import { Failure } from '../../lib/cli/failure.js';
import { Given } from '../../lib/cli/given.js';
import type { OptionTable } from '../../lib/cli/option-table.js';

const OPTIONS: OptionTable = {
  prefix: { value: '<prefix>', says: '' },
  sample: { value: '<keys>', says: '' },
  interval: { value: '<duration>', says: '' },
  header: { value: '<header>', many: true, says: '' },
  json: { says: '' },
};
const given = (...args: string[]) => new Given(args, OPTIONS);

function failureOf(act: () => unknown): Pick<Failure, 'exitCode' | 'message' | 'hint'> {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('Expected a Failure');
}

describe('What a command is given', () => {
  it('has values after a space or an equals sign, flags, and what stands alone', () => {
    const all = given(
      'user:7',
      '--prefix=app',
      '--json',
      '--header',
      'a: 1',
      '--header',
      'b: 2',
      '--',
      '--not-an-option',
    );
    expect(all.positionals).to.deep.equal(['user:7', '--not-an-option']);
    expect([all.text('prefix'), all.flag('json'), all.texts('header'), all.text('sample')]).to.deep.equal([
      'app',
      true,
      ['a: 1', 'b: 2'],
      undefined,
    ]);
  });

  it('takes a value that begins with a hyphen after an equals sign alone, for it may be an option', () => {
    expect(given('--prefix=-x').text('prefix')).to.equal('-x');
    expect(failureOf(() => given('--header', '--json')).hint).to.include('with =, as --tag=-x');
  });

  it('asks whether a known option was meant where one is unknown', () => {
    const { exitCode, message, hint } = failureOf(() => given('--prefx', 'app'));
    expect([exitCode, message, hint]).to.deep.equal([2, 'there is no option --prefx', 'did you mean --prefix?']);
    expect(failureOf(() => given('--constructor')).hint).to.equal(undefined);
  });

  for (const [args, message] of [
    [['--prefix'], '--prefix needs a value: <prefix>'],
    [['--prefix='], '--prefix needs a value: <prefix>'],
    [['--prefix', '--json'], '--prefix needs a value: <prefix>'],
    [['--prefix', '-h'], '--prefix needs a value: <prefix>'],
    [['--json=yes'], '--json takes no value'],
    [['--prefix', 'a', '--prefix', 'b'], '--prefix may be given once only'],
  ] as const)
    it(`refuses ${args.join(' ')}`, () => {
      expect(failureOf(() => given(...args)).message).to.equal(message);
    });

  it('reads durations, where a number alone is seconds, counts, and words', () => {
    expect(given('--interval', '500ms').duration('interval', '2s')).to.equal(500);
    expect(given('--interval', '3').duration('interval', '2s')).to.equal(3_000);
    expect(given().duration('interval', '2s')).to.equal(2_000);
    expect(given('--sample', '20').count('sample', 5)).to.equal(20);
    expect(given('--prefix', 'two').word('prefix', ['one', 'two'])).to.equal('two');
    expect(given().word('prefix', ['one', 'two'])).to.equal('one');
  });

  it('names the option, what is expected and what was given', () => {
    expect(failureOf(() => given('--sample', '1.5').count('sample', 5)).message).to.equal(
      '--sample must be a whole number of at least 1; it is "1.5"',
    );
    expect(failureOf(() => given('--prefix', 'three').word('prefix', ['one', 'two'])).message).to.equal(
      '--prefix must be one of one, two; it is "three"',
    );
    expect(() => given('--interval', 'soon').duration('interval', '2s')).to.throw(/`--interval`.*soon/);
  });
});
