import type { CompiledKey, TextOfFirst } from '../keys/compiled-key.js';
import type { Tallies } from '../statistics/tallies.js';
import type { FilledBy, Tally } from '../statistics/tally.js';
import { classOf, codeThatFills, type DeclaredLifetime } from './code-that-fills.js';
import type { CalledMethod, GatheredLoad, KnownMethod } from './load-job.js';
import type { CachePolicy } from './policy.js';

export interface CachedMethodOptions {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  /** The method in the code of the user, where `method` stands for it. */
  readonly source?: CalledMethod;
  readonly gathered?: GatheredLoad | undefined;
  /** Is its policy that of one call, and the next may come with another? Default `false`. */
  readonly forOneCall?: boolean;
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
  readonly #declaredLifetime: DeclaredLifetime | undefined;
  #owner: unknown;
  #filledBy: FilledBy | undefined;

  constructor(options: CachedMethodOptions) {
    const { key, policy, method, source = method, forOneCall = false, gathered, silentWritersOf = () => [] } = options;
    this.key = key;
    this.policy = policy;
    this.method = method;
    this.source = source;
    this.gathered = gathered;
    this.#silentWritersOf = silentWritersOf;
    this.#declaredLifetime = forOneCall ? undefined : policy;
    this.quickTextOf = policy.plain?.tags.length === 0 ? key.textOfFirst : undefined;
  }

  /** Made once for all instances of a class. */
  filledBy(self: unknown): FilledBy {
    const owner = classOf(self);
    if (this.#filledBy === undefined || owner !== this.#owner) {
      this.#owner = owner;
      this.#filledBy = {
        ...codeThatFills(owner, this.source, this.#declaredLifetime),
        silentWriters: this.#silentWritersOf(self),
      };
    }
    return this.#filledBy;
  }
}
