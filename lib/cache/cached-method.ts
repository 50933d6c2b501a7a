import type { CompiledKey, TextOfFirst } from '../keys/compiled-key.js';
import type { Tallies } from '../statistics/tallies.js';
import type { FilledBy, Tally } from '../statistics/tally.js';
import type { CalledMethod, GatheredLoad, KnownMethod } from './load-job.js';
import type { CachePolicy } from './policy.js';

export interface CachedMethodOptions {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  /** The method in the code of the user, where `method` stands for it. */
  readonly source?: CalledMethod;
  readonly gathered?: GatheredLoad | undefined;
  /** Where it belongs to a class. */
  readonly silentWritersOf?: SilentWritersOf | undefined;
}

/** Methods of its class that seem to write, and declare nothing to a cache. Asked for a class once. */
export type SilentWritersOf = (self: unknown) => readonly string[];

/** A method whose calls are answered from the cache: all that its calls have in common. One class, so that hits stay quick. */
export class CachedMethod implements KnownMethod {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  readonly source: CalledMethod;
  /** Where it is one of many that are loaded together. */
  readonly gathered: GatheredLoad | undefined;
  /** Where its last call was counted, and among which tallies. */
  tally: Tally | undefined = undefined;
  tallies: Tallies | undefined = undefined;
  /** The text of its key, where the first argument decides alone which entry answers, and nothing else about the entry has to be looked at. */
  readonly quickTextOf: TextOfFirst | undefined;

  readonly #silentWritersOf: SilentWritersOf;
  #owner: unknown;
  #filledBy: FilledBy | undefined;

  constructor({ key, policy, method, source = method, gathered, silentWritersOf = () => [] }: CachedMethodOptions) {
    this.key = key;
    this.policy = policy;
    this.method = method;
    this.source = source;
    this.gathered = gathered;
    this.#silentWritersOf = silentWritersOf;
    this.quickTextOf = policy.plain?.tags.length === 0 ? key.textOfFirst : undefined;
  }

  /** Made once for all instances of a class. */
  filledBy(self: unknown): FilledBy {
    const owner = classOf(self);
    if (this.#filledBy === undefined || owner !== this.#owner) {
      this.#owner = owner;
      this.#filledBy = { name: nameOf(owner, this.source), silentWriters: this.#silentWritersOf(self) };
    }
    return this.#filledBy;
  }
}

/** At each fill: without the closure that {@link unlessItThrows} takes. */
function classOf(self: unknown): unknown {
  try {
    return typeof self === 'function' ? self : (self as object | null | undefined)?.constructor;
  } catch {
    return undefined;
  }
}

function nameOf(owner: unknown, method: CalledMethod): string {
  const own = textOrNone(() => method.name) ?? '(anonymous)';
  const ownerName = textOrNone(() => (owner as { readonly name?: unknown } | undefined)?.name);
  return ownerName === undefined ? own : `${ownerName}.${own}`;
}

function textOrNone(read: () => unknown): string | undefined {
  const text = unlessItThrows(read);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** A getter of the user's, or a proxy, may throw, and no call must fail for the want of a name. */
function unlessItThrows<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
