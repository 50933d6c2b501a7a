import type { EarlyTerms } from '../entry/early.js';
import type { Entry, Lifetime } from '../entry/entry.js';
import { reportOf, type EntryReport, type TagReport } from '../entry/tier-report.js';
import { now } from '../time/clock.js';
import type { LivingTag } from './memory-tags.js';
import { SharedValue } from './memory-value.js';
import type { Expected, SealedValue } from './store.js';

interface Instants {
  readonly storedAt: number;
  readonly staleAt: number;
  readonly expiresAt: number;
  readonly lastResortUntil: number | undefined;
  readonly early: EarlyTerms | undefined;
}

/** One class for each kind: an entry is no larger than it must be, and the quick ones stay quick. */
export function entryOf(value: SealedValue, lifetime: Lifetime, tags: readonly LivingTag[]): KeptEntry {
  const { ttl, staleWhileRevalidate, staleIfError, early: terms } = lifetime;
  // Whole milliseconds, rounded to the earlier: V8 keeps these in the entry itself, others in an object beside it.
  const at = now();
  const storedAt = Math.floor(at);
  const staleAt = Math.floor(at + ttl);
  const expiresAt = staleAt + staleWhileRevalidate;
  if (tags.length > 0 || staleIfError !== undefined || terms !== undefined) {
    const lastResortUntil = staleIfError === undefined ? undefined : staleAt + staleIfError;
    const early = terms && { loadTook: terms.loadTook, ttl: terms.ttl, freshUntil: at + terms.freshFor };
    return new ElaborateEntry(value, { storedAt, staleAt, expiresAt, lastResortUntil, early }, tags);
  }
  return value instanceof SharedValue
    ? new SharedEntry(value.kept, storedAt, staleAt, expiresAt)
    : new ClonedEntry(value, storedAt, staleAt, expiresAt);
}

/** An entry that gives out, in one way or another, what is kept. */
export abstract class KeptEntry implements Entry {
  readonly kept: unknown;
  readonly storedAt: number;
  readonly staleAt: number;
  readonly expiresAt: number;

  constructor(kept: unknown, storedAt: number, staleAt: number, expiresAt: number) {
    this.kept = kept;
    this.storedAt = storedAt;
    this.staleAt = staleAt;
    this.expiresAt = expiresAt;
  }

  get value(): unknown {
    return this.copy();
  }

  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- a field would make each entry larger
  get local(): boolean {
    return true;
  }

  get tags(): readonly string[] | undefined {
    return undefined;
  }

  /** May it be given to one who expects this? */
  fits(expected: Expected | undefined): boolean {
    return expected === undefined || expected.tags.length === 0;
  }

  /** For people to read, at the instant `at`. */
  report(at: number): EntryReport {
    return { ...reportOf(this, this.tagReports(), at), age: Math.round(at - this.storedAt) };
  }

  abstract copy(): unknown;

  protected tagReports(): readonly TagReport[] {
    return [];
  }
}

/** One whose value all callers share. */
export class SharedEntry extends KeptEntry {
  copy(): unknown {
    return this.kept;
  }
}

/** Whoever asks for its value gets a copy of their own. */
class ClonedEntry extends KeptEntry {
  readonly #sealed: SealedValue;

  constructor(sealed: SealedValue, storedAt: number, staleAt: number, expiresAt: number) {
    super(sealed.kept, storedAt, staleAt, expiresAt);
    this.#sealed = sealed;
  }

  copy(): unknown {
    return this.#sealed.copy();
  }
}

/** One with a last resort, or to be refreshed early, or with tags: then it is gone when one of these was invalidated. */
class ElaborateEntry extends KeptEntry {
  readonly lastResortUntil: number | undefined;
  readonly early: EarlyTerms | undefined;
  readonly #sealed: SealedValue;
  readonly #tags: readonly LivingTag[];

  constructor(
    sealed: SealedValue,
    { storedAt, staleAt, expiresAt, lastResortUntil, early }: Instants,
    tags: readonly LivingTag[],
  ) {
    super(sealed.kept, storedAt, staleAt, expiresAt);
    this.lastResortUntil = lastResortUntil;
    this.early = early;
    this.#sealed = sealed;
    this.#tags = tags;
  }

  override get tags(): readonly string[] | undefined {
    return this.#tags.length === 0 ? undefined : this.#tags.map(({ name }) => name);
  }

  override fits(expected: Expected | undefined): boolean {
    for (const { invalidated } of this.#tags) if (invalidated) return false;
    return expected === undefined || expected.tags.every((name) => this.#tags.some((tag) => tag.name === name));
  }

  copy(): unknown {
    return this.#sealed.copy();
  }

  protected override tagReports(): readonly TagReport[] {
    return this.#tags.map(({ name, invalidated }) => ({ name, invalidated }));
  }
}
