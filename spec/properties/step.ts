/** Few ids, so that steps meet. */
export const IDS = [0, 1, 2] as const;
export type Id = (typeof IDS)[number];

/** What a row holds: an object of one of two groups, or nothing, in two ways. */
export type Content = 'x' | 'y' | null | undefined;

/** The value of a row. Each write makes a version of its own. */
export type Row = { readonly id: Id; readonly version: number; readonly group: 'x' | 'y' } | null | undefined;

/** How a reader, or a writer through the cache, has values stored. `lifetimes.ts` and `tags.ts` say what the words mean. */
export interface Policy {
  readonly fresh: 'briefly' | 'long';
  readonly stale: boolean;
  readonly ifError: 'never' | 'briefly' | 'long';
  readonly tags: 'none' | 'of id' | 'of value' | 'of both';
  readonly stores: 'all' | 'what exists';
}

/** What is invalidated. */
export type Target = 'all' | { readonly ids: readonly Id[]; readonly tags: readonly string[] };

export interface ReadMany {
  readonly does: 'read many';
  readonly ids: readonly Id[];
  readonly policy: Policy;
  readonly returns: 'map' | 'list';
  readonly storeAbsent: boolean;
  readonly batchSize: number;
  readonly by: 'method' | 'wrap';
}

export interface Read {
  readonly does: 'read';
  readonly id: Id;
  readonly policy: Policy;
  readonly by: 'method' | 'wrap' | 'getOrLoad';
}

/** A write of a row. `change`: past all who would declare it. `rename`: with `@InvalidatesCache`. `update`: with `@UpdatesCache`. */
export type Write =
  | { readonly does: 'change'; readonly id: Id; readonly content: Content }
  | { readonly does: 'rename'; readonly id: Id; readonly content: Content; readonly fails: boolean }
  | {
      readonly does: 'update';
      readonly id: Id;
      readonly content: Content;
      readonly policy: Policy;
      readonly fails: boolean;
    }
  | { readonly does: 'set'; readonly id: Id; readonly content: Content; readonly policy: Policy };

/** One step of a program: on the source, on the cache, on time, or a scope around further steps. */
export type Step =
  | Read
  | ReadMany
  | Write
  | { readonly does: 'get'; readonly id: Id }
  /** Loads of the row fail from now on, or work again. */
  | { readonly does: 'break' | 'mend'; readonly id: Id }
  | { readonly does: 'invalidate'; readonly target: Target }
  | { readonly does: 'invalidate in parallel'; readonly targets: readonly Target[] }
  | { readonly does: 'pass'; readonly seconds: number }
  /** A transaction: where the outermost fails, it is rolled back. */
  | { readonly does: 'defer'; readonly steps: readonly Step[]; readonly fails: boolean }
  | { readonly does: 'bypass' | 'refresh'; readonly steps: readonly Step[] };

/** What one step was answered, and the loads that it led to, those in the background included, sorted. */
export interface Outcome {
  readonly step: string;
  readonly answer: unknown;
  readonly loads: readonly string[];
}

/** The answer of a call that rejected with the error of the source, or of a write that failed. */
export const FAILURE = 'the failure of the source';

/** The values of many rows as both forms of a list tell them. */
export function tellMany(
  { ids, returns }: Pick<ReadMany, 'ids' | 'returns'>,
  rows: ReadonlyMap<Id, Row>,
): readonly unknown[] {
  if (returns === 'list') return ids.map((id) => rows.get(id));
  return [...rows].filter(([, row]) => row !== undefined).sort(([one], [other]) => one - other);
}
