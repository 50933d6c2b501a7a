import assert from 'node:assert/strict';

import { expect } from 'chai';

import type { Serializer } from 'freshkeep/redis';

/** What every serializer must do: give back what it took, and refuse what it could not. */
export function describeSerializerContract(name: string, create: () => Serializer): void {
  describe(`${name} keeps the contract of a serializer`, () => {
    it('has an id that fits into the header of an entry', () => {
      expect(create().id).to.match(/^[\w.-]{1,16}$/);
    });

    it('gives plain data back equal to what it took', () => {
      const serializer = create();
      for (const value of [
        null,
        true,
        0,
        -1.5,
        '',
        'ä\u2028"',
        [],
        [1, ['a', null]],
        {},
        { a: { b: [1] }, 'ü"': '' },
      ]) {
        assert.deepStrictEqual(serializer.deserialize(serializer.serialize(value)), value);
      }
    });

    it('gives out of text, if it reads text at all, what it gives out of its bytes', () => {
      const serializer = create();
      for (const value of [null, 0, '', 'ä\u2028"😀', [1, ['a', null]], { a: { b: [1] } }]) {
        const bytes = serializer.serialize(value);
        if (serializer.deserializeText === undefined) continue;
        assert.deepStrictEqual(serializer.deserializeText(bytes.toString()), value);
      }
    });

    it('gives duplicates, if it gives any, that are equal to what it deserializes and share nothing with it', () => {
      const serializer = create();
      for (const value of [null, 0, '', [1, ['a', null]], { a: { b: [1] } }, { list: [{ n: 1 }] }]) {
        const bytes = serializer.serialize(value);
        for (const body of [bytes, bytes.toString()]) {
          if (serializer.mayDuplicate?.(body) !== true) continue;
          const duplicate = serializer.duplicate?.(serializer.deserialize(bytes));
          assert.deepStrictEqual(duplicate, value);
          expect(sharesAny(duplicate, serializer.duplicate?.(duplicate))).to.equal(false);
        }
      }
    });

    it('gives a new value each time', () => {
      const serializer = create();
      const bytes = serializer.serialize({ list: [1] });
      (serializer.deserialize(bytes) as { list: number[] }).list.push(2);
      assert.deepStrictEqual(serializer.deserialize(bytes), { list: [1] });
    });

    it('refuses what it could not give back', () => {
      for (const value of [() => 1, Symbol('s'), { method: () => 1 }, new (class User {})()]) {
        expect(() => create().serialize(value))
          .to.throw()
          .with.property('code', 'ERR_CACHE_VALUE_UNSUPPORTED');
      }
    });

    it('reads no foreign bytes, and touches no prototype on the way', () => {
      const hostile = ['', 'garbage', '{', '{"__proto__":{"polluted":1}}', 'J{"__proto__":{"polluted":1}}', 'D[[1],2'];
      for (const text of hostile) {
        try {
          create().deserialize(Buffer.from(text));
        } catch {
          // A refusal is as good.
        }
        expect(({} as { polluted?: number }).polluted).to.equal(undefined);
      }
    });
  });
}

/** Is any object in both? */
function sharesAny(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null) return false;
  if (one === other) return true;
  return Object.keys(one).some((name) => sharesAny(Reflect.get(one, name), Reflect.get(other as object, name)));
}
