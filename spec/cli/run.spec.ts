import { expect } from 'chai';

import { cli } from './cli.js';

describe('The command line', () => {
  const { REDIS_URL } = process.env;

  before(() => {
    delete process.env['REDIS_URL'];
  });

  after(() => {
    if (REDIS_URL !== undefined) process.env['REDIS_URL'] = REDIS_URL;
  });

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

  for (const address of [
    'http://:secret@127.0.0.1:6379',
    '127.0.0.1:6379',
    'localhost:6379/1',
    'redi://secret@host',
    'ann:secret@host:6379',
  ])
    it(`says what the address of a Redis begins with, for ${address}`, async () => {
      const { code, stderr } = await cli('inspect', address);
      expect(code).to.equal(2);
      expect(stderr).to.match(/^freshkeep: the address of Redis must begin with redis:\/\/ or rediss:\/\/\n/);
      expect(stderr).not.to.contain('secret');
    });

  it('asks which Redis where there is none, nor one in the environment', async () => {
    for (const url of [undefined, '']) {
      if (url !== undefined) process.env['REDIS_URL'] = url;
      for (const [command = '', name = ''] of [
        ['inspect', 'user:{}'],
        ['inspect', 'user:7'],
        ['explain', 'user:7'],
        ['invalidate', 'contact:me@home'],
      ]) {
        expect((await cli(command, name)).stderr).to.match(/^freshkeep: which Redis\?/);
      }
    }
    delete process.env['REDIS_URL'];
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
