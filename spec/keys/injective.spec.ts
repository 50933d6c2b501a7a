import { expect } from 'chai';
import fc from 'fast-check';

import { KeyPattern } from '../../lib/keys/key-pattern.js';
import { compileTemplate } from '../../lib/keys/key-template.js';
import { identityOf } from './part-identity.js';
import { rivalsOf } from './rival-lists.js';

/** Every character that means something in a key, what may follow an escape, and what has no UTF-8. */
const HOSTILE = [
  ...': ; ~ % ( ) , = { } @ * a b d n o u 0 1 9 A - _ . +'.split(' '),
  ...['%3A', '~null', '~(', '~o(', 'date', 'é', '\n', '\ud83d', '\ude00'],
];

/** Texts over the few characters of one run: so few that texts come close to each other. */
function textOver(alphabet: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...alphabet), { maxLength: 3 }).map((pieces) => pieces.join(''));
}

function partOver(text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const scalar: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 5, arbitrary: text },
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.integer({ min: -3, max: 12 }),
    fc.double(),
    fc.bigInt({ min: -3n, max: 12n }),
    fc.constantFrom(true, false, null, undefined, NaN, 0, -0, Infinity, -Infinity, 1e21, 1e-7),
    fc.constantFrom(0, 1, NaN).map((time) => new Date(time)),
    fc.date(),
    text.map((own) => ({ toCacheKey: () => own })),
  );
  return fc.letrec<{ part: unknown }>((tie) => ({
    part: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: scalar },
      { weight: 1, arbitrary: fc.array(tie('part'), { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.dictionary(text, tie('part'), { maxKeys: 3 }) },
    ),
  })).part;
}

interface Keys {
  readonly literals: readonly string[];
  readonly lists: readonly (readonly unknown[])[];
}

const alphabet = fc.uniqueArray(fc.constantFrom(...HOSTILE), { minLength: 2, maxLength: 4 });

/** A pattern over the same few characters as the parts, and many lists of parts, each to be compared with all others. */
const keysOfOnePattern: fc.Arbitrary<Keys> = alphabet.chain((characters) => {
  const text = textOver(characters);
  const literal = text.map((piece) => piece.replace(/[{}\n]/g, ''));
  return fc.array(literal, { minLength: 1, maxLength: 3 }).chain((literals) => {
    const list = fc.array(partOver(text), { minLength: literals.length, maxLength: literals.length });
    const lists = fc.array(list, { minLength: 2, maxLength: 30 });
    return lists.map((given) => ({ literals: ['p', ...literals], lists: given }));
  });
});

type Named = readonly [text: string, identity: string];

/** Fails when two lists meet in one text, or one identity in two texts. */
function expectOneToOne(keys: readonly Named[]): void {
  const identities = new Map<string, string>();
  const texts = new Map<string, string>();
  for (const [text, identity] of keys) {
    expect(identities.get(text) ?? identity, `two lists share the key ${text}`).to.equal(identity);
    expect(texts.get(identity) ?? text, 'one list has two keys').to.equal(text);
    identities.set(text, identity);
    texts.set(identity, text);
  }
}

describe('the keys of one pattern', () => {
  it('are equal if and only if their parts are, whatever the parts and the literals', () => {
    fc.assert(
      fc.property(keysOfOnePattern, ({ literals, lists }) => {
        const pattern = new KeyPattern(literals);
        const all = lists.flatMap((list) => [list, ...rivalsOf(list, literals)]);
        expectOneToOne(all.map((list) => [pattern.keyOf(list).text, identityOf(list)]));
      }),
      { numRuns: 500 },
    );
  });

  it('are equal if and only if their parts are, when they are too long to be written out', () => {
    const long = fc.tuple(textOver(HOSTILE), fc.integer({ min: 150, max: 700 })).map(([text, n]) => text.repeat(n));
    const argument = fc.oneof(long, textOver(HOSTILE));
    const literals = ['p:', ':', ''];
    fc.assert(
      fc.property(fc.array(fc.tuple(argument, argument), { minLength: 2, maxLength: 8 }), (lists) => {
        const pattern = new KeyPattern(literals);
        const rivals = lists.flatMap(([one, other]) => [
          [one, `${other}x`],
          [`${one}x`, other],
          [`${one}:x`, other],
          [one, `x:${other}`],
        ]);
        expectOneToOne([...lists, ...rivals].map((list) => [pattern.keyOf(list).text, identityOf(list)]));
      }),
      { numRuns: 200 },
    );
  });

  it('are equal if and only if the arguments are, for template strings', () => {
    const key = compileTemplate('order:{0}:{1.id}{1.name}{2}');
    const list = alphabet.chain((characters) => {
      const text = textOver(characters);
      return fc.array(fc.tuple(partOver(text), text, text, partOver(text)), { minLength: 2, maxLength: 30 });
    });
    fc.assert(
      fc.property(list, (lists) => {
        expectOneToOne(
          lists.map(([first, id, name, last]) => [
            key.keyOf([first, { id, name }, last]).text,
            identityOf([first, id, name, last]),
          ]),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('keys within scopes', () => {
  it('are equal if and only if scopes, pattern and parts are, though a scope may look like the start of a pattern', () => {
    const patterns = [new KeyPattern(['', ':', '']), new KeyPattern(['p:', ':', ''])];
    const text = textOver(['p', ':', '@', ':@', 'p:']);
    const named = fc.record({
      scopes: fc.array(text, { maxLength: 2 }),
      pattern: fc.constantFrom(...patterns),
      args: fc.tuple(text, text),
    });
    fc.assert(
      fc.property(fc.array(named, { minLength: 20, maxLength: 100 }), (given) => {
        expectOneToOne(
          given.map(({ scopes, pattern, args }) => {
            const key = scopes.reduce((inner, scope) => inner.within(scope), pattern.keyOf(args));
            return [key.text, identityOf([scopes, pattern.name, args])];
          }),
        );
      }),
      { numRuns: 500 },
    );
  });
});
