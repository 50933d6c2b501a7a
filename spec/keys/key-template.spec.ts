import { expect } from 'chai';

import { compileTemplate } from '../../lib/keys/key-template.js';
import { expectCacheError } from '../support/cache-errors.js';

describe('a template string', () => {
  it('puts arguments where their positions stand, in any order and as often as they stand', () => {
    const key = compileTemplate('p:{1}:{0}:{1}');
    expect(key.keyOf(['a', 'b']).text).to.equal('p:b:a:b');
    expect(key.keyOf(['a', 'b']).pattern).to.equal('p:{}:{}:{}');
  });

  it('takes positions beyond the ninth', () => {
    expect(compileTemplate('p:{10}').keyOf(Array.from({ length: 11 }, (_, index) => index)).text).to.equal('p:10');
  });

  it('follows paths into objects, arrays and strings', () => {
    const key = compileTemplate('order:{0.customer.id}:{0.lines.1.sku}:{1.length}');
    const order = { customer: { id: 7 }, lines: [{ sku: 'a' }, { sku: 'b:c' }] };
    expect(key.keyOf([order, 'four']).text).to.equal('order:7:b%3Ac:4');
  });

  it('yields undefined where a path meets null or undefined, or ends in nothing, as ?. does', () => {
    const key = compileTemplate('order:{0.customer.id}');
    for (const argument of [undefined, null, {}, { customer: null }, { customer: {} }]) {
      expect(key.keyOf([argument]).text).to.equal('order:~undefined');
    }
    expect(key.keyOf([]).text).to.equal('order:~undefined');
  });

  it('takes an argument that is left out for undefined, and tells it from null', () => {
    const key = compileTemplate('user:{0}');
    expect(key.keyOf([]).text).to.equal(key.keyOf([undefined]).text);
    expect(key.keyOf([]).text).not.to.equal(key.keyOf([null]).text);
  });

  it('escapes as the tag does', () => {
    const key = compileTemplate('p:{0}:{1}');
    expect(key.keyOf(['x:y', 'z']).text).not.to.equal(key.keyOf(['x', 'y:z']).text);
  });

  it('may have no placeholder', () => {
    expect(compileTemplate('report').keyOf([1, 2]).text).to.equal('report');
  });

  it('takes property names of every alphabet, and $ and _', () => {
    const key = compileTemplate('p:{0.größe}:{0.$id}:{0._x}');
    expect(key.keyOf([{ größe: 1, $id: 2, _x: 3 }]).text).to.equal('p:1:2:3');
  });

  it('refuses an argument without an identity when it is called', () => {
    expectCacheError(
      () => compileTemplate('p:{0}').keyOf([new Set()]),
      'ERR_CACHE_KEY_PART_INVALID',
      'an instance of Set',
    );
  });

  const refused = [
    'p:{}',
    'p:{id}',
    'p:{-1}',
    'p:{01}',
    'p:{1.5x y}',
    'p:{0',
    'p:0}',
    'p:{{0}}',
    'p:{0.}',
    'p:{0..a}',
    'p:{ 0 }',
  ];
  for (const template of refused) {
    it(`refuses ${template} at once`, () => {
      expectCacheError(
        () => compileTemplate(template),
        'ERR_CACHE_KEY_TEMPLATE_INVALID',
        '`key`',
        "'{0}'",
        JSON.stringify(template),
      );
    });
  }

  for (const template of ['', '@p:{0}', 'p\n:{0}', 'x'.repeat(257)]) {
    it(`refuses the literal parts of ${JSON.stringify(template.slice(0, 10))} as the tag does`, () => {
      expectCacheError(() => compileTemplate(template), 'ERR_CACHE_KEY_TEMPLATE_INVALID', '`key`');
    });
  }
});
