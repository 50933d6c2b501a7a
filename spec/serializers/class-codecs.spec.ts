import assert from 'node:assert/strict';

import { expect } from 'chai';
import fc from 'fast-check';
import { classCodec, FaithfulSerializer, RedisStore, type ClassCodec } from 'freshkeep/redis';
import { Redis } from 'ioredis';

import { expectCacheError } from '../support/cache-errors.js';

/** All of its state are own properties. */
class User {
  readonly id: number;
  readonly name: string;
  readonly joined = new Date(0);
  manager: User | undefined;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  get title(): string {
    return `${this.name} (${this.id})`;
  }
}

class Admin extends User {
  readonly rights = new Set(['all']);
}

/** Its state cannot be seen. */
class Money {
  readonly #cents: bigint;

  constructor(cents: bigint) {
    this.#cents = cents;
  }

  get cents(): bigint {
    return this.#cents;
  }
}

class NotFound extends Error {
  override readonly name = 'NotFound';
  readonly what: unknown;

  constructor(what: unknown) {
    super('not found');
    this.what = what;
  }
}

/** An inner value that a codec pair passes on. */
class Box {
  readonly inner: unknown;

  constructor(inner: unknown) {
    this.inner = inner;
  }
}

const USER = classCodec({ name: 'User', class: User });
const ADMIN = classCodec({ name: 'Admin', class: Admin });
const MONEY = classCodec({
  name: 'Money',
  class: Money,
  encode: (money) => money.cents,
  decode: (cents) => new Money(cents),
});
const BOX = classCodec({ name: 'Box', class: Box, encode: ({ inner }) => inner, decode: (inner) => new Box(inner) });
const NOT_FOUND = classCodec({
  name: 'NotFound',
  class: NotFound,
  encode: ({ what }) => ({ what }),
  decode: ({ what }) => new NotFound(what),
});
const LINK = classCodec({ name: 'URL', class: URL, encode: (url) => url.href, decode: (href) => new URL(href) });
const ALL = [USER, ADMIN, MONEY, BOX, NOT_FOUND, LINK];

const serializer = new FaithfulSerializer({ classes: ALL });

function roundTrip<T>(value: T): T {
  const bytes = serializer.serialize(value);
  const read = serializer.deserialize(bytes) as T;
  assert.deepStrictEqual(serializer.deserializeText(bytes.toString()), read);
  return read;
}

function unreadable(body: string, reader = serializer): void {
  expect(() => reader.deserialize(Buffer.from(body))).to.throw();
}

describe('An instance of a class with a codec', () => {
  it('comes back with its class and its properties, in their order, as they were', () => {
    const user = new User(7, 'Ada');
    user.manager = new User(1, 'Grace');
    const read = roundTrip(user);
    assert.deepStrictEqual(read, user);
    expect(read).to.be.instanceOf(User);
    expect(read.title).to.equal('Ada (7)');
    expect(Object.keys(read)).to.deep.equal(Object.keys(user));
    expect(read.manager).to.be.instanceOf(User);
    expect(read.joined).to.be.instanceOf(Date);
  });

  it('comes back from a codec pair, with what only its class can see', () => {
    const read = roundTrip({ price: new Money(995n), link: new URL('http://localhost/a?b') });
    expect(read.price).to.be.instanceOf(Money);
    expect(read.price.cents).to.equal(995n);
    expect(read.link.href).to.equal('http://localhost/a?b');
  });

  it('may be an error of your own', () => {
    const read = roundTrip(new NotFound({ user: new User(7, 'Ada') }));
    expect(read).to.be.instanceOf(NotFound);
    assert.deepStrictEqual(read.what, { user: new User(7, 'Ada') });
  });

  it('comes back from a codec pair whatever that encodes, the falsy included', () => {
    for (const inner of [
      undefined,
      null,
      0,
      -0,
      NaN,
      '',
      false,
      0n,
      [],
      [undefined],
      new Map([[1, new User(1, 'x')]]),
    ]) {
      const read = roundTrip(new Box(inner));
      expect(read).to.be.instanceOf(Box);
      assert.deepStrictEqual(read.inner, inner);
    }
  });

  it('may stand anywhere: in lists, Maps, Sets, errors and other instances', () => {
    const user = new User(7, 'Ada');
    const value = {
      list: [user, new Admin(1, 'Root')],
      map: new Map<unknown, unknown>([[user, new Box(new Box(user))]]),
      set: new Set([new Box(1)]),
      error: new Error('x', { cause: new Box([new User(2, 'Eve')]) }),
    };
    const read = roundTrip(value);
    assert.deepStrictEqual(read.list, value.list);
    expect(read.list[1]).to.be.instanceOf(Admin);
    const [[key, box] = []] = [...read.map];
    expect(key).to.equal(read.list[0]);
    expect(((box as Box).inner as Box).inner).to.equal(read.list[0]);
    expect([...read.set][0]).to.be.instanceOf(Box);
    expect((read.error.cause as Box).inner).to.deep.equal([new User(2, 'Eve')]);
  });

  it('that stands in several places is one and the same afterwards', () => {
    const [user, money] = [new User(7, 'Ada'), new Money(1n)];
    const read = roundTrip({ users: [user, user], prices: [money, money], box: new Box(money) });
    expect(read.users[0]).to.equal(read.users[1]);
    expect(read.prices[0]).to.equal(read.prices[1]);
    expect(read.box.inner).to.equal(read.prices[0]);
  });

  it('may be part of a cycle, if it is stored by its properties', () => {
    const [one, other] = [new User(1, 'Ada'), new Admin(2, 'Grace')];
    one.manager = other;
    other.manager = one;
    const read = roundTrip({ one, list: [other] });
    expect(read.one.manager).to.equal(read.list[0]);
    expect(read.one.manager?.manager).to.equal(read.one);
    expect(read.list[0]).to.be.instanceOf(Admin);
    const itself = new User(3, 'Eve');
    itself.manager = itself;
    const readItself = roundTrip(itself);
    expect(readItself.manager).to.equal(readItself);
  });

  it('within a cycle meets no setter of its class', () => {
    class Guarded {
      self: unknown;

      set late(_: unknown) {
        throw new Error('a setter was called');
      }
    }
    const value = new Guarded();
    value.self = value;
    Object.defineProperty(value, 'late', { value: 1, enumerable: true });
    const own = new FaithfulSerializer({ classes: [classCodec({ name: 'Guarded', class: Guarded })] });
    const read = own.deserialize(own.serialize(value)) as Guarded;
    expect(Object.getOwnPropertyDescriptor(read, 'late')?.value).to.equal(1);
    expect(read.self).to.equal(read);
  });

  it('is refused as part of a cycle if it has a codec pair, as it is made only when all of it is there', () => {
    const list: unknown[] = [];
    list.push(new Box(list));
    expectCacheError(
      () => serializer.serialize(list),
      'ERR_CACHE_VALUE_UNSUPPORTED',
      'a cycle through Box',
      'value[0]',
    );
    const error = new NotFound(undefined);
    Reflect.set(error, 'what', { error });
    expectCacheError(() => serializer.serialize(error), 'ERR_CACHE_VALUE_UNSUPPORTED', 'a cycle through NotFound');
  });

  it('is encoded once, however often it stands there', () => {
    let encoded = 0;
    const counting = classCodec({
      name: 'Box',
      class: Box,
      encode: () => (encoded += 1),
      decode: (count) => new Box(count),
    });
    const box = new Box(1);
    new FaithfulSerializer({ classes: [counting] }).serialize([box, { box }]);
    expect(encoded).to.equal(1);
  });

  it('has nothing of its own evaluated that has an accessor', () => {
    const user = new User(7, 'Ada');
    Object.defineProperty(user, 'trap', {
      enumerable: true,
      get() {
        throw new Error('was evaluated');
      },
    });
    expectCacheError(() => serializer.serialize(user), 'ERR_CACHE_VALUE_UNSUPPORTED', 'an accessor', 'value.trap');
  });

  it('comes back equal in arbitrary values', () => {
    const { value: tree } = fc.letrec<{ value: unknown; leaf: unknown; node: unknown }>((tie) => ({
      leaf: fc.oneof(fc.integer(), fc.string(), fc.constant(undefined), fc.bigInt(), fc.date({ noInvalidDate: true })),
      node: fc.oneof(
        fc.array(tie('value'), { maxLength: 3 }),
        tie('value').map((inner) => new Box(inner)),
        fc
          .tuple(fc.nat(), fc.string(), tie('value'))
          .map(([id, name, manager]) => Object.assign(new User(id, name), { manager })),
        fc.nat().map((cents) => new Box({ cents: BigInt(cents) })),
        tie('value').map((inner) => new Map([[inner, new Set([inner])]])),
        tie('value').map((what) => ({ what, admin: new Admin(1, 'Root') })),
      ),
      value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('node')),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        assert.deepStrictEqual(roundTrip(value), value);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('A value with instances', () => {
  it('and one without them are told apart by their first byte: the latter is as it ever was', () => {
    const plain = new FaithfulSerializer();
    for (const value of [{ a: 1 }, { at: new Date(0) }, [1n]]) {
      expect(serializer.serialize(value)).to.deep.equal(plain.serialize(value));
    }
    expect(serializer.serialize(new User(1, 'x')).toString('latin1', 0, 1)).to.equal('C');
    expect(serializer.id).to.equal(plain.id);
  });

  it('is refused, naming the place, where the class is not known, or is a subclass of one that is', () => {
    const users = new FaithfulSerializer({ classes: [USER] });
    for (const [value, found] of [
      [new Money(1n), 'an instance of Money'],
      [new Admin(1, 'Root'), 'an instance of Admin'],
    ] as const) {
      expectCacheError(() => users.serialize({ a: [value] }), 'ERR_CACHE_VALUE_UNSUPPORTED', found, 'value.a[0]');
    }
  });

  it('is refused where a property cannot be stored, naming it', () => {
    const value = { user: Object.assign(new User(1, 'x'), { greet: () => 'hello' }) };
    expectCacheError(() => serializer.serialize(value), 'ERR_CACHE_VALUE_UNSUPPORTED', 'value.user.greet');
    expectCacheError(
      () => serializer.serialize([new Box({ f: () => 1 })]),
      'ERR_CACHE_VALUE_UNSUPPORTED',
      'value[0]<encoded>.f',
    );
  });

  it('is refused where `encode` throws, or answers with a promise, or with the instance itself', () => {
    const own = new Error('own');
    const encoders: readonly ((box: Box) => unknown)[] = [
      () => {
        throw own;
      },
      async () => 1,
      (box) => box,
      () => new Box(1),
    ];
    for (const encode of encoders) {
      const codec = classCodec({ name: 'Box', class: Box, encode, decode: () => new Box(1) });
      const error = expectCacheError(
        () => new FaithfulSerializer({ classes: [codec] }).serialize({ a: new Box(1) }),
        'ERR_CACHE_VALUE_UNSUPPORTED',
      );
      if (encode === encoders[0]) expect([error.cause, error.message.includes('value.a')]).to.deep.equal([own, true]);
    }
  });

  it('is unreadable for a serializer that does not know the class, or knows another one', () => {
    const readers = [new FaithfulSerializer(), new FaithfulSerializer({ classes: [BOX] })];
    for (const value of [new User(1, 'x'), { money: new Money(1n) }]) {
      const body = serializer.serialize(value);
      for (const reader of readers) unreadable(body.toString(), reader);
    }
  });

  it('is unreadable where `decode` throws, or gives something else than an instance of that very class', () => {
    const body = serializer.serialize([new Box(1)]).toString();
    const decoders: readonly (() => unknown)[] = [
      () => {
        throw new Error('own');
      },
      () => undefined,
      () => ({ inner: 1 }),
      async () => new Box(1),
      () => new (class Bigger extends Box {})(1),
    ];
    for (const decode of decoders) {
      const codec = classCodec({ name: 'Box', class: Box, encode: () => 1, decode: decode as () => Box });
      unreadable(body, new FaithfulSerializer({ classes: [codec] }));
    }
  });

  const hostile = [
    'C[["class User",1],[]]',
    'C[["class User",1],"x"]',
    'C[["class User",-1]]',
    'C[["class User",0]]',
    'C[["class User",1],["class Admin",2],{}]',
    'C[["class User",1],["Date","2026-11-25T10:00:00.000Z"]]',
    'C[["class User",1],["null","id",2],7]',
    'C[["class User",1],{"__proto__":2},{"polluted":3},true]',
    'C[["class Box",1],7]',
    'C[["class __proto__",1],{}]',
    'C[["class constructor",1],{}]',
    'C[["User",1],{}]',
    'C[["__proto__",1],{}]',
    'C[["class Box",0]]',
    'C[["class Box",1],[0]]',
    'C[["class Box",1],[]]',
    'C[["class Box",1],[2,2],7]',
    'C[["class Box",1],[-2]]',
    'D[["class User",1],{"id":2},7]',
    'J["class User",1]x',
    'C',
  ];
  for (const body of hostile) {
    it(`${body} is unreadable, and touches no prototype`, () => {
      unreadable(body);
      expect([({} as { polluted?: boolean }).polluted, Object.getPrototypeOf(User.prototype)]).to.deep.equal([
        undefined,
        Object.prototype,
      ]);
    });
  }

  it('keeps the properties that a stored entry names to the instance alone', () => {
    const body = 'C[["class User",1],{"constructor":2,"title":3,"toString":3},{"prototype":3},"own"]';
    const read = serializer.deserialize(Buffer.from(body)) as User;
    expect(read).to.be.instanceOf(User);
    expect(Object.keys(read)).to.deep.equal(['constructor', 'title', 'toString']);
    expect(new User(1, 'x').title).to.equal('x (1)');
  });
});

describe('classCodec', () => {
  class Hidden {
    #count = 0;
    count(): number {
      return (this.#count += 1);
    }
  }
  class BelowHidden extends Hidden {}
  class Branded {
    static is(value: object): boolean {
      return #brand in value;
    }
    #brand = true;
  }

  const refused: readonly (readonly [title: string, options: unknown, ...fragments: string[]])[] = [
    ['no options', undefined, '`classCodec`'],
    ['no name', { class: User }, '`name`', 'undefined'],
    ['an empty name', { name: '', class: User }, '`name`'],
    ['a name with a quote', { name: 'a"b', class: User }, '`name`', 'a\\"b'],
    ['a long name', { name: 'x'.repeat(65), class: User }, '`name`'],
    ['no class', { name: 'User' }, '`class`', 'undefined'],
    ['an instance for a class', { name: 'User', class: new User(1, 'x') }, '`class`', 'an instance of User'],
    ['an arrow function for a class', { name: 'User', class: () => 1 }, '`class`'],
    ...[Object, Array, Date, Map, Set, Error, TypeError, Buffer, Uint8Array, RegExp].map(
      (known) => [`${known.name}, which is stored anyway`, { name: 'X', class: known }, '`class`', known.name] as const,
    ),
    ['encode alone', { name: 'Box', class: Box, encode: () => 1 }, '`decode`', 'undefined'],
    ['decode alone', { name: 'Box', class: Box, decode: () => 1 }, '`encode`', 'undefined'],
    ['an encode that is no function', { name: 'Box', class: Box, encode: 1, decode: () => 1 }, '`encode`', '1'],
    ['private members and no pair', { name: 'Hidden', class: Hidden }, 'Hidden has private members', '`encode`'],
    ['private members above and no pair', { name: 'X', class: BelowHidden }, 'Hidden has private members'],
    ['a private brand and no pair', { name: 'X', class: Branded }, 'Branded has private members'],
    ['a built-in class above and no pair', { name: 'X', class: class extends Map {} }, 'the built-in Map'],
    ['an error class and no pair', { name: 'X', class: NotFound }, 'the built-in Error'],
    ['a built-in class and no pair', { name: 'X', class: URL }, ''],
    ['a Promise', { name: 'X', class: Promise }, 'the built-in Promise'],
  ];
  for (const [title, options, ...fragments] of refused) {
    it(`refuses ${title}`, () => {
      expectCacheError(() => classCodec(options as never), 'ERR_CACHE_OPTION_INVALID', ...fragments);
    });
  }

  it('takes a class whose members only look private to who does not look closely', () => {
    class Colours {
      readonly red = '#f00';
      // #1: a comment with a number
      readonly link = '/a#b';
    }
    expect(classCodec({ name: 'Colours', class: Colours }).name).to.equal('Colours');
  });
});

describe('The option classes', () => {
  const client = new Redis({ lazyConnect: true });
  const again = classCodec({ name: 'User2', class: User });
  const sameName = classCodec({ name: 'User', class: Box, encode: () => 1, decode: () => new Box(1) });
  const refused: readonly (readonly [title: string, classes: unknown, ...fragments: string[]])[] = [
    ['what is no list', { User }, '`classes`', 'an object'],
    ['a class without a codec', [USER, User], '`classes[1]`', 'classCodec', 'User'],
    ['two classes of one name', [USER, MONEY, sameName], '`classes[2]`', 'name', '"User"'],
    ['one class twice', [USER, again], '`classes[1]`', 'no other codec'],
  ];
  for (const [title, classes, ...fragments] of refused) {
    it(`refuses ${title}`, () => {
      const options = { classes: classes as ClassCodec[] };
      expectCacheError(() => new FaithfulSerializer(options), 'ERR_CACHE_OPTION_INVALID', ...fragments);
      expectCacheError(() => new RedisStore({ client, ...options }), 'ERR_CACHE_OPTION_INVALID', ...fragments);
    });
  }

  it('is refused beside a serializer of your own', () => {
    expectCacheError(
      () => new RedisStore({ client, classes: [USER], serializer }),
      'ERR_CACHE_OPTION_INVALID',
      '`classes`',
      '`serializer`',
    );
  });
});
