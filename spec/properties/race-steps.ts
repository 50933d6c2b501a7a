import fc from 'fast-check';

export const RACE_IDS = [0, 1] as const;
export type RaceId = (typeof RACE_IDS)[number];

/** Two caches over one store in this process, and another process. */
export type Place = 0 | 1 | 2;

export interface RaceRead {
  /** `refresh`: within `withCacheRefreshed`. */
  readonly does: 'read' | 'refresh';
  readonly ids: readonly RaceId[];
  readonly as: 'one' | 'list';
  readonly fails: boolean;
}

/** A write, and how it is told: by an invalidation, by write-through, or not at all. */
export interface RaceWrite {
  readonly does: 'write';
  readonly id: RaceId;
  readonly by: 'key' | 'tag' | 'clear' | 'update' | 'nothing';
  readonly fails: boolean;
}

/** A transaction, whose steps are taken one by one, or all at once. */
export interface Transaction {
  readonly does: 'defer';
  readonly steps: readonly (RaceRead | RaceWrite)[];
  readonly atOnce: boolean;
  readonly fails: boolean;
}

export type RaceAct = RaceRead | RaceWrite | Transaction | { readonly does: 'pass' };

export interface RaceStep {
  readonly place: Place;
  /** So many turns after all have begun. */
  readonly after: number;
  readonly act: RaceAct;
}

/** Steps that are begun about the same time, and the tags that readers declare. */
export interface Race {
  readonly tags: 'none' | 'of id' | 'of value';
  readonly stale: boolean;
  readonly steps: readonly RaceStep[];
}

const ids = fc.constantFrom(...RACE_IDS);
const seldom = fc.constantFrom(false, false, false, true);

const reads: fc.Arbitrary<RaceRead> = fc.record<RaceRead>({
  does: fc.constantFrom('read', 'read', 'read', 'refresh'),
  ids: fc.oneof({ weight: 2, arbitrary: ids.map((id) => [id]) }, { weight: 1, arbitrary: fc.constant(RACE_IDS) }),
  as: fc.constantFrom('one', 'list'),
  fails: seldom,
});

const row = { does: fc.constant('write' as const), id: ids, fails: seldom };

const writes: fc.Arbitrary<RaceWrite> = fc.record<RaceWrite>({
  ...row,
  by: fc.constantFrom('key', 'tag', 'update', 'key', 'tag', 'update', 'clear'),
});

/** In no transaction: what it has written past its methods, and read, may stay though it is rolled back. */
const silentWrites: fc.Arbitrary<RaceWrite> = fc.record<RaceWrite>({ ...row, by: fc.constant('nothing') });

const transactions: fc.Arbitrary<Transaction> = fc.record<Transaction>({
  does: fc.constant('defer'),
  steps: fc.array(fc.oneof(reads, writes), { minLength: 1, maxLength: 4 }),
  atOnce: fc.boolean(),
  fails: fc.boolean(),
});

const acts: fc.Arbitrary<RaceAct> = fc.oneof(
  { weight: 6, arbitrary: reads },
  { weight: 3, arbitrary: writes },
  { weight: 1, arbitrary: silentWrites },
  { weight: 2, arbitrary: transactions },
  { weight: 1, arbitrary: fc.constant<RaceAct>({ does: 'pass' }) },
);

export const races: fc.Arbitrary<Race> = fc.record<Race>({
  tags: fc.constantFrom('none', 'of id', 'of value'),
  stale: fc.boolean(),
  steps: fc.array(fc.record<RaceStep>({ place: fc.constantFrom(0, 0, 1, 2), after: fc.nat(15), act: acts }), {
    minLength: 3,
    maxLength: 8,
  }),
});
