import { expect } from 'chai';

import { cli } from './cli.js';

describe('The command line', () => {
  for (const [args, message] of [
    [[], 'no command was given'],
    [['inspct'], 'there is no command inspct\n  did you mean inspect?'],
    [['anything'], 'there is no command anything\n  the commands are doctor, '],
    [['--timeout', '1s', 'inspect'], 'the command comes first, before --timeout\n  freshkeep doctor | '],
    [['help', 'nobody'], 'there is no command nobody'],
  ] as const)
    it(`is refused as ${JSON.stringify(args)}, with what may have been meant`, async () => {
      const { code, stdout, stderr } = await cli(...args);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr.startsWith(`freshkeep: ${message}`), stderr).to.equal(true);
    });

  it('tells failures as one line of JSON where that is wanted', async () => {
    const { stderr } = await cli('--json', 'inspect');
    expect(JSON.parse(stderr)).to.deep.equal({
      error: {
        exitCode: 2,
        message: 'the command comes first, before --json',
        hint: 'freshkeep doctor | top | inspect | explain | invalidate [options]',
      },
    });
  });

  it('has help for all of it, and for each command', async () => {
    const all = await cli('--help');
    expect(all.code).to.equal(0);
    for (const name of ['doctor', 'top', 'inspect', 'explain', 'invalidate']) {
      expect(all.stdout).to.match(new RegExp(`^  ${name} +\\w`, 'm'));
      const one = await cli(name, '--whatever', '--help');
      expect(one.code).to.equal(0);
      expect(one.stdout)
        .to.match(new RegExp(`^Usage: freshkeep ${name} `))
        .and.to.contain('--json');
      expect((await cli('help', name)).stdout).to.equal(one.stdout);
    }
  });
});
