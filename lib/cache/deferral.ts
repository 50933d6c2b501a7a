import { checkFunction } from '../errors.js';
import type { Invalidated } from '../invalidation/invalidation-bus.js';
import { CallContexts } from './call-contexts.js';

/** Who applies what was deferred: a cache. */
export interface Invalidator {
  /** Caches over one of these share their entries. */
  readonly store: object;
  /** Never rejects. */
  apply(what: Invalidated, repeats: readonly Repeat[]): Promise<unknown>;
}

/** What is to be invalidated once more, so many milliseconds later. */
export interface Repeat {
  readonly what: Invalidated;
  readonly after: number;
}

/** What was invalidated in one scope, in one cache. */
class Written {
  readonly keys = new Set<string>();
  readonly tags = new Set<string>();
  readonly repeats: Repeat[] = [];
  everything = false;

  add(what: Invalidated, repeatAfter: number | undefined): void {
    if (repeatAfter !== undefined) this.repeats.push({ what, after: repeatAfter });
    if (what === 'all') this.everything = true;
    else {
      for (const key of what.keys) this.keys.add(key);
      for (const tag of what.tags) this.tags.add(tag);
    }
  }

  /** Does it mean an entry of this key, with these tags? */
  covers(key: string, tags: readonly string[]): boolean {
    return this.everything || this.keys.has(key) || tags.some((tag) => this.tags.has(tag));
  }

  get what(): Invalidated {
    return this.everything ? 'all' : { keys: [...this.keys], tags: [...this.tags] };
  }
}

/** One call of {@link deferInvalidations} that is within no other. */
class DeferralScope {
  readonly #written = new Map<Invalidator, Written>();
  /** Keys by store. */
  readonly #loaded = new Map<object, Set<string>>();

  /** By all caches over `store`. */
  writtenIn(store: object): Written[] {
    return [...this.#written].flatMap(([invalidator, written]) => (invalidator.store === store ? [written] : []));
  }

  add(invalidator: Invalidator, what: Invalidated, repeatAfter: number | undefined): void {
    const written = this.#written.get(invalidator) ?? new Written();
    this.#written.set(invalidator, written);
    written.add(what, repeatAfter);
  }

  addLoaded(store: object, key: string): void {
    const keys = this.#loaded.get(store) ?? new Set();
    this.#loaded.set(store, keys.add(key));
  }

  async applyAll(): Promise<void> {
    await Promise.all([...this.#written].map(([invalidator, { what, repeats }]) => invalidator.apply(what, repeats)));
  }

  /** What was loaded here before it was known to be written may be what is rolled back. */
  async applyToLoaded(): Promise<void> {
    const applied = [...this.#written].map(async ([invalidator, written]) => {
      const loaded = [...(this.#loaded.get(invalidator.store) ?? [])];
      if (loaded.length === 0) return;
      const keys = loaded.filter((key) => written.covers(key, []));
      await invalidator.apply({ keys, tags: [...written.tags] }, []);
    });
    await Promise.all(applied);
  }
}

const scopes = new CallContexts<DeferralScope>();

/**
 * Invalidations made within `code`, in whatever cache, are applied when its promise has resolved, before that of this call does,
 * and dropped when it rejects, but for what was also loaded within it, as that may be what is rolled back: for writes within a
 * transaction, whose values others must not see before it is committed, nor after it was rolled back. Put it around the
 * transaction: `deferInvalidations(() => database.transaction(async () => { … }))`.
 *
 * A call within `code` of a key, or with a tag, that was invalidated there, reaches the method itself, so that a transaction
 * sees what it has written. Within another call of this, `code` is part of that one: it is dropped with it alone, as what
 * it has written may be committed though it failed.
 */
export async function deferInvalidations<T>(code: () => T | Promise<T>): Promise<T> {
  checkFunction('code', code);
  if (scopes.current !== undefined) return code();
  const scope = new DeferralScope();
  let result: T;
  try {
    result = await scopes.runToEnd(scope, code);
  } catch (error) {
    await scope.applyToLoaded();
    throw error;
  }
  await scope.applyAll();
  return result;
}

/** Is the calling code within a scope? */
export function isDeferring(): boolean {
  return scopes.current !== undefined;
}

/** Takes `what` in for later, where the calling code is within a scope. */
export function defer(invalidator: Invalidator, what: Invalidated, repeatAfter?: number): 'deferred' | undefined {
  const scope = scopes.current;
  scope?.add(invalidator, what, repeatAfter);
  return scope && 'deferred';
}

/** Notes that a call of this key within a scope may load what the scope has written, though nobody has told so yet. */
export function noteLoad(store: object, key: string): void {
  scopes.current?.addLoaded(store, key);
}

/** Was an entry of this key, and these tags, invalidated in the scope that the calling code is within? */
export function isWritten(store: object, key: string, tags: readonly string[]): boolean {
  return scopes.current?.writtenIn(store).some((written) => written.covers(key, tags)) === true;
}

/** Was any tag invalidated there? An entry may have it, as long as nobody knows its tags. */
export function isAnyTagWritten(store: object): boolean {
  return scopes.current?.writtenIn(store).some(({ tags }) => tags.size > 0) === true;
}
