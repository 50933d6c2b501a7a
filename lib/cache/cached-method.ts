import type { CompiledKey, TextOfFirst } from '../keys/compiled-key.js';
import type { FilledBy } from '../statistics/fillers.js';
import type { Tallies } from '../statistics/tallies.js';
import type { Tally } from '../statistics/tally.js';
import { CodeThatFills, type SilentWritersOf } from './code-that-fills.js';
import type { CalledMethod, GatheredLoad, KnownMethod } from './load-job.js';
import type { CachePolicy } from './policy.js';

export interface CachedMethodOptions {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  /** Is its policy that of one call, and the next may come with another? Default `false`. */
  readonly forOneCall?: boolean;
  /** The method in the code of the user, where `method` stands for it. */
  readonly known?: KnownMethod;
  readonly gathered?: GatheredLoad | undefined;
  /** Where it belongs to a class. */
  readonly silentWritersOf?: SilentWritersOf;
}

const NONE: SilentWritersOf = () => [];

/** A method whose calls are answered from the cache: all that its calls have in common. One class, so that hits stay quick. */
export class CachedMethod implements KnownMethod {
  readonly key: CompiledKey;
  readonly policy: CachePolicy;
  readonly method: CalledMethod;
  /** Where it is one of many that are loaded together. */
  readonly gathered: GatheredLoad | undefined;
  /** Where its last call was counted, and among which tallies. */
  tally: Tally | undefined = undefined;
  tallies: Tallies | undefined = undefined;
  /** The text of its key, where the first argument decides alone which entry answers, and nothing else about the entry has to be looked at. */
  readonly quickTextOf: TextOfFirst | undefined;

  readonly #forOneCall: boolean;
  readonly #silentWritersOf: SilentWritersOf;
  #known: KnownMethod | undefined;

  constructor({
    key,
    policy,
    method,
    forOneCall = false,
    known,
    gathered,
    silentWritersOf = NONE,
  }: CachedMethodOptions) {
    this.key = key;
    this.policy = policy;
    this.method = method;
    this.gathered = gathered;
    this.#forOneCall = forOneCall;
    this.#silentWritersOf = silentWritersOf;
    this.#known = known;
    this.quickTextOf = policy.plain?.tags.length === 0 ? key.textOfFirst : undefined;
  }

  filledBy(self: unknown): FilledBy {
    this.#known ??= new CodeThatFills({
      method: this.method,
      policy: this.policy,
      forOneCall: this.#forOneCall,
      silentWritersOf: this.#silentWritersOf,
    });
    return this.#known.filledBy(self);
  }
}
