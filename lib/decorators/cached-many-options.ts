import { MANY_OPTIONS, type ManyOptions } from '../cache/many-options.js';
import type { AsyncMethod } from '../keys/key-fits.js';
import type { NamesOf } from '../known-names.js';
import { CACHED_OPTIONS, type CachedOptions, type OptionsFit } from './cached-options.js';
import type { MethodRule } from './method-decorator.js';

/**
 * As for `@Cached`, but that the key and the functions among the options get one id in the place of the ids:
 * `key: (id: number) => …` for a method `(ids: number[], …) => …`.
 */
export interface CachedManyOptions extends CachedOptions, ManyOptions {}

export const CACHED_MANY_OPTIONS: NamesOf<CachedManyOptions> = { ...CACHED_OPTIONS, ...MANY_OPTIONS };

/** The arguments of a call for one id. */
type OfOne<M extends AsyncMethod> =
  Parameters<M> extends readonly [infer Ids extends readonly unknown[], ...infer Others]
    ? [Ids[number], ...Others]
    : never;

type IdOf<M extends AsyncMethod> =
  Parameters<M> extends readonly [infer Ids extends readonly unknown[], ...unknown[]] ? Ids[number] : never;

/** The value of one id; `never` where the method returns something else than it says. */
type ValueOf<M extends AsyncMethod, O extends CachedManyOptions> = O extends { readonly returns: 'list' }
  ? Awaited<ReturnType<M>> extends readonly (infer V)[]
    ? V
    : never
  : Awaited<ReturnType<M>> extends ReadonlyMap<IdOf<M>, infer V>
    ? V
    : never;

type ShapeFits<M extends AsyncMethod, O extends CachedManyOptions> = [IdOf<M>] extends [never]
  ? 'the first parameter of the method must be a list of ids'
  : [ValueOf<M, O>] extends [never]
    ? O extends { readonly returns: 'list' }
      ? 'the method must return a promise of a list, as `returns` says'
      : "the method must return a promise of a Map by id, or say `returns: 'list'`"
    : OptionsFit<O, OfOne<M>, ValueOf<M, O>>;

/** Does a method fit the options `O`? */
export interface CachedManyRule<O extends CachedManyOptions> extends MethodRule {
  readonly fits: ShapeFits<this['method'], O>;
}
