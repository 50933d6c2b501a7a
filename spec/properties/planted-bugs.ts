import { deferInvalidations, MemoryStore, type FillResult, type FillTerms, type SealedValue } from 'freshkeep';

import type { Defer } from './player.js';

/** Tags are of no consequence to it. */
export class TagsIgnored extends MemoryStore {
  override invalidate(keys: readonly string[]): void {
    super.invalidate(keys);
  }
}

/** As a first tier: copies stay, whatever is invalidated. */
export class NothingInvalidated extends MemoryStore {
  override invalidate(): void {
    // What a store without a bus does.
  }
}

/** What is nothing is no value to it. */
export class NothingKept extends MemoryStore {
  override fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): FillResult {
    if (value.kept !== undefined && value.kept !== null) return super.fill(key, ticket, value, terms);
    this.abandon(key, ticket);
    return 'filled';
  }
}

/** It forgets that entries may be stale. */
export class NoStaleWindow extends MemoryStore {
  override fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): FillResult {
    return super.fill(key, ticket, value, { ...terms, lifetime: { ttl: terms.lifetime.ttl, staleWhileRevalidate: 0 } });
  }
}

/** What nearly every caching library does: a value is stored, whatever was invalidated since its load began. */
export class FillsRegardless extends MemoryStore {
  override fill(key: string, _ticket: string, value: SealedValue, terms: FillTerms): FillResult {
    this.set(key, value, terms);
    return 'filled';
  }
}

/** Whoever defers nothing shows others what may be rolled back. */
export const applyAtOnce: Defer = (code) => code();

export const applyNever: Defer = async (code) => {
  const outcome: { value?: Awaited<ReturnType<typeof code>> } = {};
  const dropped = new Error('dropped');
  try {
    await deferInvalidations(async () => {
      outcome.value = await code();
      throw dropped;
    });
  } catch (error) {
    if (error !== dropped) throw error;
  }
  return outcome.value as Awaited<ReturnType<typeof code>>;
};

/** After a roll-back too. */
export const applyAlways: Defer = async (code) => {
  const outcome = await deferInvalidations(() =>
    code().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  );
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
};
