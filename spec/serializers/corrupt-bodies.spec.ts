import { expect } from 'chai';
import fc from 'fast-check';
import { classCodec, FaithfulSerializer } from 'freshkeep/redis';

class User {
  readonly id = 1;
  self: unknown = this;
}

class Box {
  readonly inner: unknown;

  constructor(inner: unknown) {
    this.inner = inner;
  }
}

const serializer = new FaithfulSerializer({
  classes: [
    classCodec({ name: 'User', class: User }),
    classCodec({ name: 'Box', class: Box, encode: ({ inner }) => inner, decode: (inner) => new Box(inner) }),
  ],
});

const BODIES: readonly Buffer[] = [
  { id: 1, name: 'Ada', tags: ['a', 'b'], nested: { deep: [null, true, -1.5e3] } },
  { at: new Date(0), map: new Map([['a', new Set([1n])]]), raw: Buffer.from('xyz'), u: undefined, n: NaN, z: -0 },
  new AggregateError([new TypeError('x', { cause: { a: 1 } })], 'several'),
  { user: new User(), boxes: [new Box(new Map([[1n, new User()]])), new Box(undefined)] },
  [new Uint16Array([1, 2]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(3), /x/g, [1, , 3]],
].map((value) => serializer.serialize(value));

/** What must not change, whatever is read. */
function snapshotOfPrototypes(): unknown {
  return [Object, Array, Function, Error, TypeError, Map, Set, Date, Uint8Array, Buffer, User, Box].map(
    (constructor) => [
      Reflect.ownKeys(constructor.prototype as object),
      Object.getPrototypeOf(constructor.prototype) as unknown,
    ],
  );
}

/** Reading gives a value or throws; within a moment, and no prototype is touched. */
function expectHarmless(bytes: Buffer): void {
  const start = performance.now();
  try {
    serializer.deserialize(bytes);
  } catch (error) {
    expect(error).to.be.instanceOf(Error);
  }
  expect(performance.now() - start, `reading ${bytes.toString('latin1')}`).to.be.below(2_000);
  expect(Reflect.get({}, 'polluted')).to.equal(undefined);
}

describe('a corrupt body', () => {
  let prototypes: unknown;
  before(() => {
    prototypes = snapshotOfPrototypes();
  });
  afterEach(() => {
    expect(snapshotOfPrototypes()).to.deep.equal(prototypes);
  });

  it('that was truncated anywhere throws or gives a value', () => {
    for (const body of BODIES) {
      for (let length = 0; length < body.length; length += 1) expectHarmless(body.subarray(0, length));
    }
  });

  it('with bytes flipped at random throws or gives a value', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), flips, (body, changes) => {
        const bytes = Buffer.from(body);
        for (const [position, byte] of changes) bytes[position % bytes.length] = byte;
        expectHarmless(bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  it('with digits changed at random throws or gives a value: they are references and lengths', () => {
    const digits = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'0 1 2 3 9 -1 -7 99 4294967295'.split(' '))), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), digits, (body, changes) => {
        let text = body.toString();
        for (const [position, digit] of changes) {
          const places = [...text.matchAll(/\d+/g)];
          const place = places[position % places.length];
          if (place !== undefined)
            text = text.slice(0, place.index) + digit + text.slice(place.index + place[0].length);
        }
        expectHarmless(Buffer.from(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('of random bytes behind a known first letter throws or gives a value', () => {
    fc.assert(
      fc.property(fc.constantFrom('J', 'D', 'C', '', 'X'), fc.oneof(fc.uint8Array(), fc.json()), (letter, rest) => {
        expectHarmless(Buffer.concat([Buffer.from(letter), Buffer.from(rest as string)]));
      }),
      { numRuns: 3_000 },
    );
  });

  const hostile = [
    'J{"__proto__":{"polluted":1}}',
    'J{"constructor":{"prototype":{"polluted":1}}}',
    'D[{"__proto__":1},{"polluted":2},true]',
    'D[["null","__proto__",1],{"polluted":2},true]',
    'D[["Map",1,2],"__proto__",{"polluted":3},true]',
    'D[["Error",1],[2,3],"__proto__",[]]',
    'D[["Error",1],[2,3],"constructor",[]]',
    'D[["Error",1],[2,3],"hasOwnProperty",[]]',
    'D[["Error",1],[2,3],"Error",[4],[5,6,7],"__proto__",{"polluted":7},true]',
    'D[["View",1],[2,3],"__proto__","AAAA"]',
    'D[["View",1],[2,3],"constructor","AAAA"]',
    'D[["View",1],[2,3],"Float64Array","AAAA"]',
    'D[["Object",1],"x"]',
    'D[["toString",1],"x"]',
    'D[["__proto__",1],"x"]',
    'D[["constructor",1],"x"]',
    'D[0]',
    'D[[0]]',
    'D[[1],[0]]',
    'D-1',
    'D99',
    'D[]',
    'Dnull',
    'D{}',
    'D"x"',
  ];
  for (const body of hostile) {
    it(`${body} throws or gives a value, and touches no prototype`, () => {
      expectHarmless(Buffer.from(body));
    });
  }

  it('without a known first letter is refused', () => {
    for (const body of ['', 'X', '{}', '\u0000']) {
      expect(() => serializer.deserialize(Buffer.from(body)))
        .to.throw()
        .with.property('code', 'ERR_CACHE_ENTRY_UNREADABLE');
    }
  });

  it('that names an Error or a view by an inherited property is refused', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'Map']) {
      for (const type of ['Error', 'View']) {
        const body = Buffer.from(`D[["${type}",1],[2,3],"${name}",[]]`);
        expect(() => serializer.deserialize(body)).to.throw();
      }
    }
  });
});
