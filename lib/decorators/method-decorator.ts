import { CacheError, describeValue } from '../errors.js';
import type { AsyncMethod } from '../keys/key-fits.js';

/** A method as decorators see it at run time. */
export type Method = (this: unknown, ...args: never[]) => unknown;

/**
 * A decorator for methods in both dialects. `Check` is `unknown` for a method that fits and a sentence for one that does
 * not; it is a type constructor in disguise: the property `fits` of `Rule & { method: M }`.
 */
export interface MethodDecorator<Rule extends MethodRule> {
  /** Legacy (`experimentalDecorators`). */
  <M extends AsyncMethod>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M & Fit<Rule, M>>,
  ): void;
  /** Standard (TC39). */
  <M extends AsyncMethod>(method: M & Fit<Rule, M>, context: ClassMethodDecoratorContext<never, M>): M;
}

/** No option but those that are known: a misspelt one would be none. */
export type NoOthers<O, Known> = Readonly<Record<Exclude<keyof O, keyof Known>, never>>;

/** The same as a part of a rule: a sentence where the options `O` have one that is not known. Neutral where `O` is no object. */
export type OnlyKnown<O, Known> = [Misspelt<O, Known>] extends [never]
  ? unknown
  : `there is no option \`${Misspelt<O, Known> & string}\``;

type Misspelt<O, Known> = O extends object ? Exclude<keyof O, keyof Known> : never;

/** A rule about methods: reads `this['method']`, says `unknown` or a sentence in `fits`. */
export interface MethodRule {
  readonly method: AsyncMethod;
  readonly fits: unknown;
}

type Fit<Rule extends MethodRule, M extends AsyncMethod> = (Rule & { readonly method: M })['fits'];

/**
 * Makes a decorator of `replace`, which gets the method and returns its replacement. This is the only file that knows
 * there are two dialects.
 */
export function decorateMethod(
  decorator: string,
  replace: (method: Method) => Method,
): (...args: unknown[]) => unknown {
  return (target, nameOrContext, descriptor) => {
    if (isStandardContext(nameOrContext)) {
      return replaceChecked(decorator, nameOrContext.kind, target, nameOrContext.name, replace);
    }
    const method: unknown = (descriptor as PropertyDescriptor | undefined)?.value;
    const kind = typeof method === 'function' ? 'method' : 'field or accessor';
    const replacement = replaceChecked(decorator, kind, method, nameOrContext, replace);
    (descriptor as PropertyDescriptor).value = replacement;
    return undefined;
  };
}

function isStandardContext(context: unknown): context is ClassMethodDecoratorContext {
  return typeof context === 'object' && context !== null && 'kind' in context && 'name' in context;
}

function replaceChecked(
  decorator: string,
  kind: string,
  method: unknown,
  name: unknown,
  replace: (method: Method) => Method,
): Method {
  if (kind !== 'method' || typeof method !== 'function') throw unsupported(decorator, name, `a ${kind}`);
  const generator = GENERATORS.find((prototype) => Object.prototype.isPrototypeOf.call(prototype, method));
  if (generator !== undefined) throw unsupported(decorator, name, 'a generator, whose values cannot be kept as one');
  const replacement = replace(method as Method);
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(replacement, property, { value: method[property], configurable: true });
  }
  return replacement;
}

/** `%GeneratorFunction.prototype%` and `%AsyncGeneratorFunction.prototype%`, which have no global names. */
const GENERATORS: readonly object[] = [
  // eslint-disable-next-line @typescript-eslint/no-empty-function
  Object.getPrototypeOf(function* () {}) as object,
  // eslint-disable-next-line @typescript-eslint/no-empty-function
  Object.getPrototypeOf(async function* () {}) as object,
];

function unsupported(decorator: string, name: unknown, found: string): CacheError {
  const described = typeof name === 'string' || typeof name === 'symbol' ? String(name) : describeValue(name);
  return new CacheError(
    'ERR_CACHE_METHOD_UNSUPPORTED',
    `Expected \`@${decorator}\` on a method that returns a promise, got ${found} (${described})`,
  );
}
