import { expect } from 'chai';

import { parseRedisUrl } from '../../lib/cli/redis-address.js';

describe('The address of a Redis', () => {
  it('has defaults for what it leaves out', () => {
    const { host, port, username, password, database, tls, shown } = parseRedisUrl('redis://cache.example');
    expect([host, port, username, password, database, tls, shown]).to.deep.equal([
      'cache.example',
      6_379,
      undefined,
      undefined,
      0,
      false,
      'redis://cache.example:6379',
    ]);
  });

  it('may have all, of which the user and the password are not shown', () => {
    const { host, port, username, password, database, tls, shown } = parseRedisUrl(
      'rediss://ann:p%40ss%2Fw@[::1]:1234/7',
    );
    expect([host, port, username, password, database, tls]).to.deep.equal(['::1', 1_234, 'ann', 'p@ss/w', 7, true]);
    expect(shown).to.equal('rediss://[::1]:1234/7');
  });

  for (const [url, why] of [
    ['http://secret@host', /must begin with redis:\/\//],
    ['secret', /must begin with redis:\/\//],
    ['redis://:se/cret@host', /no URL|number of a database/],
    ['redis://:secret%zz@host', /begins no code/],
    ['redis://:secret@ho%zzst', /begins no code/],
    ['redis://:secret@host:99999', /no URL/],
    ['redis://:secret@host/one', /number of a database/],
    ['redis://', /no host|no URL/],
  ] as const)
    it(`is refused, without a word of it, as ${url}`, () => {
      expect(() => parseRedisUrl(url)).to.throw(why);
      expect(() => parseRedisUrl(url)).not.to.throw(/cret/);
    });
});
