import fc from 'fast-check';

import { PASSES } from './lifetimes.js';
import { IDS, type Content, type Policy, type Read, type ReadMany, type Step, type Target } from './step.js';
import { TAGS } from './tags.js';

const ids = fc.constantFrom(...IDS);
const contents = fc.constantFrom<Content>('x', 'y', 'x', 'y', null, undefined);
const fails = fc.constantFrom(false, false, true);
const tags = fc.constantFrom(...TAGS);

const policies: fc.Arbitrary<Policy> = fc.record({
  fresh: fc.constantFrom('briefly', 'long'),
  stale: fc.boolean(),
  ifError: fc.constantFrom('never', 'briefly', 'long', 'long'),
  tags: fc.constantFrom('none', 'of id', 'of value', 'of both'),
  stores: fc.constantFrom('all', 'all', 'all', 'what exists'),
});

const targets: fc.Arbitrary<Target> = fc.oneof(
  { weight: 6, arbitrary: ids.map((id): Target => ({ ids: [id], tags: [] })) },
  { weight: 6, arbitrary: tags.map((tag): Target => ({ ids: [], tags: [tag] })) },
  {
    weight: 3,
    arbitrary: fc.record({
      ids: fc.uniqueArray(ids, { maxLength: 2 }),
      tags: fc.uniqueArray(tags, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Target>('all') },
);

function does<W extends string>(...words: readonly W[]): fc.Arbitrary<W> {
  return fc.constantFrom(...words);
}

function readsWith(policy: fc.Arbitrary<Policy>): fc.WeightedArbitrary<Step>[] {
  const one = fc.record({
    does: does('read'),
    id: ids,
    policy,
    by: fc.constantFrom<Read['by']>('getOrLoad', 'wrap', 'method'),
  });
  const many = fc.record({
    does: does('read many'),
    ids: fc.array(ids, { maxLength: 4 }),
    policy,
    returns: fc.constantFrom<ReadMany['returns']>('map', 'list'),
    storeAbsent: fc.boolean(),
    batchSize: fc.constantFrom(500, 2, 1),
    by: fc.constantFrom<ReadMany['by']>('wrap', 'method'),
  });
  return [
    { weight: 12, arbitrary: one },
    { weight: 6, arbitrary: many },
    { weight: 2, arbitrary: fc.record({ does: does('get'), id: ids }) },
  ];
}

function writesWith(policy: fc.Arbitrary<Policy>): fc.WeightedArbitrary<Step>[] {
  const row = { id: ids, content: contents };
  const together = fc.array(targets, { minLength: 1, maxLength: 3 });
  return [
    { weight: 3, arbitrary: fc.record({ does: does('change'), ...row }) },
    { weight: 2, arbitrary: fc.record({ does: does('rename'), ...row, fails }) },
    { weight: 2, arbitrary: fc.record({ does: does('update'), ...row, policy, fails }) },
    { weight: 1, arbitrary: fc.record({ does: does('set'), ...row, policy }) },
    { weight: 3, arbitrary: fc.record({ does: does('mend', 'break', 'break'), id: ids }) },
    { weight: 2, arbitrary: fc.record({ does: does('invalidate'), target: targets }) },
    { weight: 1, arbitrary: fc.record({ does: does('invalidate in parallel'), targets: together }) },
  ];
}

function stepsWith(policy: fc.Arbitrary<Policy>, depth: number): fc.Arbitrary<Step> {
  const pass = fc.record({ does: does('pass'), seconds: fc.constantFrom(...PASSES) });
  const plain = fc.oneof(...readsWith(policy), ...writesWith(policy), { weight: 5, arbitrary: pass });
  if (depth === 0) return plain;
  const steps = fc.array(stepsWith(policy, depth - 1), { maxLength: 6 });
  return fc.oneof(
    { weight: 26, arbitrary: plain },
    { weight: 3, arbitrary: fc.record({ does: does('defer'), steps, fails }) },
    { weight: 1, arbitrary: fc.record({ does: does('bypass', 'refresh'), steps }) },
  );
}

/**
 * A program has few policies, and most of its steps share one: readers whose tags differ take nothing of each other.
 */
export const programs: fc.Arbitrary<readonly Step[]> = fc
  .tuple(policies, policies)
  .chain(([usual, other]) =>
    fc.array(stepsWith(fc.constantFrom(usual, usual, other), 2), { minLength: 1, maxLength: 25, size: 'max' }),
  );
