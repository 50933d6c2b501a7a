/** Compiled, not run: what the types of freshkeep must refuse, in both dialects. Each refusal stands on the next line. */
/* eslint-disable @typescript-eslint/no-empty-function, @typescript-eslint/no-unnecessary-type-parameters, @typescript-eslint/class-literal-property-style,
   @typescript-eslint/no-unsafe-class-instance-assignment --
   declarations alone, of which nothing runs */
import {
  Cached,
  CachedMany,
  configureCache,
  createCache,
  InvalidatesCache,
  key,
  MemoryStore,
  TieredStore,
  UpdatesCache,
} from 'freshkeep';
import { classCodec, FaithfulSerializer, RedisStore, RedlockRefreshLock, type RedisClient } from 'freshkeep/redis';

interface Order {
  readonly id: number;
  readonly customer: { readonly id: number; readonly name?: string };
}

class Point {
  readonly x = 1;
  length(): number {
    return this.x;
  }
}

const userKey = (id: number) => key`user:${id}`;
const orderKey = (customer: number, order: number) => key`order:${customer}:${order}`;

export class KeyFunctions {
  // @ts-expect-error the key takes a number, the method a string
  @Cached({ key: userKey, ttl: '5m' })
  async wrongParameter(id: string): Promise<void> {}

  // @ts-expect-error the key takes a second argument, the method none
  @Cached({ key: orderKey, ttl: '5m' })
  async extraKeyParameter(customer: number): Promise<void> {}

  // @ts-expect-error the same in the short form
  @Cached(orderKey, '5m')
  async extraKeyParameterInShortForm(customer: number): Promise<void> {}

  // @ts-expect-error the method may be called without what the key requires
  @Cached({ key: userKey, ttl: '5m' })
  async keyRequiresAnOptionalParameter(id?: number): Promise<void> {}

  // @ts-expect-error the key is narrower than the parameter
  @Cached({ key: userKey, ttl: '5m' })
  async narrowerKeyParameter(id: number | string): Promise<void> {}

  // @ts-expect-error the parameters are in another order
  @Cached({ key: userKey, ttl: '5m' })
  async keyOfALaterParameter(name: string, id: number): Promise<void> {}

  // @ts-expect-error raw interpolation is how keys collide
  @Cached({ key: (id: number) => `user:${id}`, ttl: '5m' })
  async plainString(id: number): Promise<void> {}

  // @ts-expect-error the same in the short form
  @Cached((id: number) => `user:${id}`, '5m')
  async plainStringInShortForm(id: number): Promise<void> {}

  // @ts-expect-error a key that comes later is no key
  @Cached({ key: async (id: number) => key`user:${id}`, ttl: '5m' })
  async promiseOfAKey(id: number): Promise<void> {}

  // @ts-expect-error a number is no key
  @Cached({ key: 7, ttl: '5m' })
  async numberAsKey(id: number): Promise<void> {}

  // @ts-expect-error what looks like a key is not made by the tag
  @Cached({ key: { pattern: 'x', text: 'x' }, ttl: '5m' })
  async forgedKey(id: number): Promise<void> {}

  // @ts-expect-error static methods are checked too
  @Cached({ key: userKey, ttl: '5m' })
  static async ofTheClass(id: string): Promise<void> {}

  // @ts-expect-error generic methods are checked too
  @Cached({ key: userKey, ttl: '5m' })
  async generic<T extends string>(id: T): Promise<void> {}

  // @ts-expect-error rest parameters are checked too
  @Cached({ key: userKey, ttl: '5m' })
  async rest(...ids: string[]): Promise<void> {}
}

export class Templates {
  // @ts-expect-error position 1 of one parameter
  @Cached({ key: 'user:{1}', ttl: '5m' })
  async positionOutOfRange(id: string): Promise<void> {}

  // @ts-expect-error position 1 of one parameter, in the short form
  @Cached('user:{1}', '5m')
  async positionOutOfRangeInShortForm(id: string): Promise<void> {}

  // @ts-expect-error no parameter at all
  @Cached({ key: 'user:{0}', ttl: '5m' })
  async positionWithoutParameters(): Promise<void> {}

  // @ts-expect-error a wrong property
  @Cached({ key: 'order:{0.customer.nam}', ttl: '5m' })
  async wrongPath(order: Order): Promise<void> {}

  // @ts-expect-error a path through a number
  @Cached({ key: 'order:{0.id.of}', ttl: '5m' })
  async pathPastTheEnd(order: Order): Promise<void> {}

  // @ts-expect-error position 2 of a pair
  @Cached({ key: 'pair:{0.2}', ttl: '5m' })
  async tupleOutOfRange(pair: readonly [number, number]): Promise<void> {}

  // @ts-expect-error a name is no position
  @Cached({ key: 'order:{order}', ttl: '5m' })
  async nameAsPosition(order: Order): Promise<void> {}

  // @ts-expect-error the second placeholder is checked as the first is
  @Cached({ key: 'order:{0.id}:{0.price}', ttl: '5m' })
  async secondPlaceholder(order: Order): Promise<void> {}

  // @ts-expect-error an empty placeholder
  @Cached({ key: 'order:{}', ttl: '5m' })
  async emptyPlaceholder(order: Order): Promise<void> {}

  // @ts-expect-error `length` of the argument list is no argument
  @Cached({ key: 'order:{length}', ttl: '5m' })
  async lengthOfTheArguments(order: Order): Promise<void> {}
}

export class PartTypes {
  // @ts-expect-error a Map has no identity
  @Cached({ key: 'x:{0}', ttl: 5 })
  async map(value: Map<string, string>): Promise<void> {}

  // @ts-expect-error a Set has none either
  @Cached({ key: 'x:{0}', ttl: 5 })
  async set(value: ReadonlySet<string>): Promise<void> {}

  // @ts-expect-error nor has a function
  @Cached({ key: 'x:{0}', ttl: 5 })
  async functionPart(value: () => number): Promise<void> {}

  // @ts-expect-error nor a symbol
  @Cached({ key: 'x:{0}', ttl: 5 })
  async symbolPart(value: symbol): Promise<void> {}

  // @ts-expect-error nor an instance of a class with methods
  @Cached({ key: 'x:{0}', ttl: 5 })
  async instance(value: Point): Promise<void> {}

  // @ts-expect-error one wrong member of a union suffices
  @Cached({ key: 'x:{0}', ttl: 5 })
  async union(value: string | Map<string, string>): Promise<void> {}

  // @ts-expect-error a Map deep inside
  @Cached({ key: 'x:{0}', ttl: 5 })
  async nested(value: { readonly filters: readonly Map<string, string>[] }): Promise<void> {}

  // @ts-expect-error unknown may be anything
  @Cached({ key: 'x:{0}', ttl: 5 })
  async unknownPart(value: unknown): Promise<void> {}

  // @ts-expect-error an object may be anything
  @Cached({ key: 'x:{0}', ttl: 5 })
  async objectPart(value: object): Promise<void> {}

  // @ts-expect-error bytes have no identity
  @Cached({ key: 'x:{0}', ttl: 5 })
  async bytes(value: Uint8Array): Promise<void> {}

  // @ts-expect-error nor has a promise
  @Cached({ key: 'x:{0}', ttl: 5 })
  async promise(value: Promise<string>): Promise<void> {}

  // @ts-expect-error `toCacheKey` must return a string
  @Cached({ key: 'x:{0}', ttl: 5 })
  async wrongKeyable(value: { toCacheKey(): number }): Promise<void> {}
}

export class Methods {
  // @ts-expect-error a method that returns no promise
  @Cached({ key: 'x:{0}', ttl: '5m' })
  sync(id: string): string {
    return id;
  }

  // @ts-expect-error a field is no method
  @Cached({ key: 'x', ttl: 5 })
  field = 5;

  // @ts-expect-error a field that holds a function
  @Cached({ key: 'x', ttl: 5 })
  functionInAField = async (): Promise<number> => 5;

  // @ts-expect-error a getter is no method
  @Cached({ key: 'x', ttl: 5 })
  get getter(): number {
    return 1;
  }

  // @ts-expect-error a generator has many values
  @Cached({ key: 'x', ttl: 5 })
  *generator(): Generator<number> {
    yield 1;
  }

  // @ts-expect-error an async generator
  @Cached({ key: 'x', ttl: 5 })
  async *asyncGenerator(): AsyncGenerator<number> {
    yield 1;
  }

  // @ts-expect-error a method that returns no promise
  @InvalidatesCache('x:{0}')
  syncWriter(id: string): void {}

  // @ts-expect-error a getter is no method
  @InvalidatesCache('x')
  get writingGetter(): Promise<number> {
    return Promise.resolve(1);
  }
}

// @ts-expect-error a class is no method
@Cached({ key: 'x', ttl: 5 })
export class DecoratedClass {}

export class Options {
  // @ts-expect-error ttl is missing
  @Cached({ key: 'x:{0}' })
  async ttlMissing(id: string): Promise<void> {}

  // @ts-expect-error ttl is missing in the short form
  @Cached('x:{0}')
  async ttlMissingInShortForm(id: string): Promise<void> {}

  // @ts-expect-error key is missing
  @Cached({ ttl: 5 })
  async keyMissing(id: string): Promise<void> {}

  // @ts-expect-error no such unit
  @Cached({ key: 'x:{0}', ttl: '5 minutes' })
  async unknownUnit(id: string): Promise<void> {}

  // @ts-expect-error no such unit, in the short form
  @Cached('x:{0}', '5 minutes')
  async unknownUnitInShortForm(id: string): Promise<void> {}

  // @ts-expect-error a unit is missing
  @Cached({ key: 'x:{0}', ttl: '5' })
  async unitMissing(id: string): Promise<void> {}

  // @ts-expect-error a Date is no duration
  @Cached({ key: 'x:{0}', ttl: new Date() })
  async dateAsTtl(id: string): Promise<void> {}

  // @ts-expect-error no such unit in the stale window
  @Cached({ key: 'x:{0}', ttl: 5, staleWhileRevalidate: '1w' })
  async unknownUnitOfTheStaleWindow(id: string): Promise<void> {}

  // @ts-expect-error the stale window does not depend on the value
  @Cached({ key: 'x:{0}', ttl: 5, staleWhileRevalidate: () => 5 })
  async staleWindowFunction(id: string): Promise<void> {}

  // @ts-expect-error the value is a number
  @Cached({ key: 'x:{0}', ttl: (value: string) => value.length })
  async ttlOfAnotherValue(id: string): Promise<number> {
    return 1;
  }

  // @ts-expect-error the value may be null
  @Cached({ key: 'x:{0}', ttl: (order: Order) => order.id })
  async ttlOfANullableValue(id: string): Promise<Order | null> {
    return null;
  }

  // @ts-expect-error the argument is a string
  @Cached({ key: 'x:{0}', ttl: (value: number, id: number) => value + id })
  async ttlOfAnotherArgument(id: string): Promise<number> {
    return 1;
  }

  // @ts-expect-error `ttl` must return a duration
  @Cached({ key: 'x:{0}', ttl: (value: number) => `${value} minutes` })
  async ttlReturnsText(id: string): Promise<number> {
    return 1;
  }

  // @ts-expect-error the value is a number
  @Cached({ key: 'x:{0}', ttl: 5, storeIf: (value: string) => value !== '' })
  async storeIfOfAnotherValue(id: string): Promise<number> {
    return 1;
  }

  // @ts-expect-error the argument is a string
  @Cached({ key: 'x:{0}', ttl: 5, when: (id: number) => id > 0 })
  async whenOfAnotherArgument(id: string): Promise<number> {
    return 1;
  }

  // @ts-expect-error there is no second argument
  @Cached({ key: 'x:{0}', ttl: 5, when: (id: string, force: boolean) => force })
  async whenOfAFurtherArgument(id: string): Promise<number> {
    return 1;
  }

  // @ts-expect-error `true` is no lock option
  @Cached({ key: 'x:{0}', ttl: 5, lock: true })
  async lockTrue(id: string): Promise<void> {}

  // @ts-expect-error a scope is a string
  @Cached({ key: 'x:{0}', ttl: 5, scope: (self: { tenant: number }) => self.tenant })
  async numericScope(id: string): Promise<void> {}

  // @ts-expect-error a cache is asked for at each call
  @Cached({ key: 'x:{0}', ttl: 5, cache: createCache({ store: new MemoryStore() }) })
  async cacheItself(id: string): Promise<void> {}
}

const shared = { key: userKey, ttl: '5m' } as const;

export class SharedOptions {
  // @ts-expect-error options that are declared elsewhere are checked too
  @Cached(shared)
  async options(id: string): Promise<void> {}

  // @ts-expect-error so are lists of keys
  @InvalidatesCache({ keys: [userKey] as const })
  async keys(id: string): Promise<void> {}
}

export class Writers {
  // @ts-expect-error nothing to invalidate
  @InvalidatesCache()
  async nothing(id: number): Promise<void> {}

  // @ts-expect-error the key takes a number, the method a string
  @InvalidatesCache(userKey)
  async wrongParameter(id: string): Promise<void> {}

  // @ts-expect-error the second item is checked as the first is
  @InvalidatesCache('user:{0}', orderKey)
  async secondItem(id: number): Promise<void> {}

  // @ts-expect-error a position out of range
  @InvalidatesCache('user:{1}')
  async positionOutOfRange(id: number): Promise<void> {}

  // @ts-expect-error a plain string from a key function
  @InvalidatesCache((id: number) => `user:${id}`)
  async plainString(id: number): Promise<void> {}

  // @ts-expect-error `args` yields a string, the key takes a number
  @InvalidatesCache({ key: userKey, args: (order: Order) => [order.customer.name] })
  async argsOfAnotherType(order: Order): Promise<void> {}

  // @ts-expect-error `args` yields one of two
  @InvalidatesCache({ key: orderKey, args: (order: Order) => [order.id] })
  async argsTooFew(order: Order): Promise<void> {}

  // @ts-expect-error `args` takes another argument than the method
  @InvalidatesCache({ key: userKey, args: (order: Order) => [order.id] })
  async argsOfAnotherArgument(id: number): Promise<void> {}

  // @ts-expect-error `args` must yield a list
  @InvalidatesCache({ key: userKey, args: (order: Order) => order.id })
  async argsWithoutList(order: Order): Promise<void> {}

  // @ts-expect-error of another type, or none
  @InvalidatesCache({ key: userKey, args: (order: Order) => (order.paidAt === null ? null : [order.customer.name]) })
  async argsOfAnotherTypeOrNone(order: Order): Promise<void> {}

  // @ts-expect-error what it returns is no cache
  @InvalidatesCache({ keys: [userKey], cache: (_self: object) => new Map() })
  async ofTheInstance(id: number): Promise<void> {}

  // @ts-expect-error a `return` that was forgotten
  @InvalidatesCache({ key: userKey, args: (_order: Order): undefined => undefined })
  async argsForgotten(order: Order): Promise<void> {}

  // @ts-expect-error the result is a number
  @InvalidatesCache({ key: userKey, fromResult: (order: Order) => [order.id] })
  async fromAnotherResult(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error `fromResult` yields a string, the key takes a number
  @InvalidatesCache({ key: userKey, fromResult: (name: string) => [name] })
  async fromResultOfAnotherType(id: number): Promise<string> {
    return '';
  }

  // @ts-expect-error the items of the options object are checked too
  @InvalidatesCache({ keys: [{ key: userKey, args: (order: Order) => [order.customer.name] }], strict: true })
  async inFull(order: Order): Promise<void> {}

  // @ts-expect-error `strict` is a boolean
  @InvalidatesCache({ keys: [userKey], strict: 'yes' })
  async strictText(id: number): Promise<void> {}
}

export class TaggedReaders {
  // @ts-expect-error one text is no list
  @Cached({ key: userKey, ttl: 5, tags: 'a' })
  async text(id: number): Promise<void> {}

  // @ts-expect-error tags are texts
  @Cached({ key: userKey, ttl: 5, tags: [7] })
  async numbers(id: number): Promise<void> {}

  // @ts-expect-error `tags` takes a string, the method a number
  @Cached({ key: userKey, ttl: 5, tags: (id: string) => [id] })
  async otherArgument(id: number): Promise<void> {}

  // @ts-expect-error `tags` takes a second argument, the method none
  @Cached({ key: userKey, ttl: 5, tags: (id: number, locale: string) => [locale] })
  async extraArgument(id: number): Promise<void> {}

  // @ts-expect-error one text is no list
  @Cached({ key: userKey, ttl: 5, tags: (id: number) => `user:${id}` })
  async functionOfText(id: number): Promise<void> {}

  // @ts-expect-error tags are known before the load
  @Cached({ key: userKey, ttl: 5, tags: async (id: number) => [`user:${id}`] })
  async asyncFunction(id: number): Promise<void> {}

  // @ts-expect-error `fromValue` takes a string, the method returns a number
  @Cached({ key: userKey, ttl: 5, tags: { fromValue: (value: string) => [value] } })
  async otherValue(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error after the value `fromValue` takes a string, the method a number
  @Cached({ key: userKey, ttl: 5, tags: { fromValue: (value: number, id: string) => [id] } })
  async otherArgumentAfterTheValue(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error `fromArgs` takes a string, the method a number
  @Cached({ key: userKey, ttl: 5, tags: { fromArgs: (id: string) => [id], fromValue: () => [] } })
  async otherArgumentOfFromArgs(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error `fromArgs` takes the arguments alone
  @Cached({ key: 'x', ttl: 5, tags: { fromArgs: (value: number) => [String(value)], fromValue: () => [] } })
  async valueInFromArgs(): Promise<number> {
    return 1;
  }

  // @ts-expect-error without `fromValue` a list or a function is enough
  @Cached({ key: userKey, ttl: 5, tags: { fromArgs: ['a'] } })
  async fromArgsAlone(id: number): Promise<void> {}

  // @ts-expect-error `fromResult` is for writers
  @Cached({ key: userKey, ttl: 5, tags: { fromResult: () => ['a'] } })
  async fromResult(id: number): Promise<void> {}
}

export class TaggingWriters {
  // @ts-expect-error one text is no list
  @InvalidatesCache({ tags: 'a' })
  async text(id: number): Promise<void> {}

  // @ts-expect-error tags are texts
  @InvalidatesCache(userKey, { tags: [7] })
  async numbers(id: number): Promise<void> {}

  // @ts-expect-error `tags` takes a string, the method a number
  @InvalidatesCache({ tags: (id: string) => [id] })
  async otherArgument(id: number): Promise<void> {}

  // @ts-expect-error the same in an item beside a key
  @InvalidatesCache(userKey, { tags: (id: string) => [id] })
  async otherArgumentInAnItem(id: number): Promise<void> {}

  // @ts-expect-error `tags` takes a second argument, the method none
  @InvalidatesCache({ tags: (id: number, locale: string) => [locale] })
  async extraArgument(id: number): Promise<void> {}

  // @ts-expect-error `fromResult` takes an order, the method returns a number
  @InvalidatesCache({ tags: { fromResult: (order: Order) => [String(order.id)] } })
  async otherResult(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error after the result `fromResult` takes a string, the method a number
  @InvalidatesCache({ tags: { fromResult: (result: number, id: string) => [id] } })
  async otherArgumentAfterTheResult(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error one text is no list
  @InvalidatesCache({ tags: { fromResult: (id: number) => `user:${id}` } })
  async resultOfText(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error `fromValue` is for readers
  @InvalidatesCache({ tags: { fromValue: () => ['a'] } })
  async fromValue(id: number): Promise<void> {}

  // @ts-expect-error the tags of the options object are checked beside its keys
  @InvalidatesCache({ keys: [userKey], tags: { fromResult: (order: Order) => [String(order.id)] }, strict: true })
  async inFull(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error and its keys beside its tags
  @InvalidatesCache({ keys: [userKey], tags: ['a'] })
  async keysBesideTags(id: string): Promise<void> {}
}

// @ts-expect-error a Map has no identity
key`x:${new Map()}`;
// @ts-expect-error nor has a function
key`x:${() => 1}`;
// @ts-expect-error nor a symbol
key`x:${Symbol('x')}`;
// @ts-expect-error nor an instance of a class with methods
key`x:${new Point()}`;
// @ts-expect-error a Map deep inside
key`x:${[{ a: new Map() }]}`;

const cache = createCache({ store: new MemoryStore() });

// @ts-expect-error the key takes a number, the function a string
cache.wrap(async (id: string) => id, { key: userKey, ttl: 4 });
// @ts-expect-error position 1 of one parameter
cache.wrap(async (id: string) => id, { key: 'x:{1}', ttl: 4 });
// @ts-expect-error ttl is missing
cache.wrap(async (id: number) => id, { key: userKey });
// @ts-expect-error a plain string is no key
await cache.getOrLoad('user:1', () => 1, { ttl: 4 });
// @ts-expect-error a plain string is no key
await cache.invalidate('user:1');
// @ts-expect-error a plain string is no key
await cache.set('user:1', 1, { ttl: 4 });
// @ts-expect-error `tags` takes a number, the function a string
cache.wrap(async (id: string) => id, { key: 'x', ttl: 4, tags: (id: number) => [id.toFixed()] });
// @ts-expect-error `fromValue` takes a number, the function returns a string
cache.wrap(async (id: string) => id, { key: 'x', ttl: 4, tags: { fromValue: (value: number) => [value.toFixed()] } });
// @ts-expect-error a number is no tag
await cache.invalidateTags(7);
// @ts-expect-error tags come one by one
await cache.invalidateTags(['a']);
// @ts-expect-error a text is no list
await cache.set(userKey(1), 1, { ttl: 4, tags: 'a' });
// @ts-expect-error the store is missing
configureCache({});
// @ts-expect-error no such isolation
configureCache({ store: new MemoryStore({ isolation: 'copy' }) });

export class CachedManyMethods {
  // @ts-expect-error the first parameter is no list
  @CachedMany({ key: userKey, ttl: '5m' })
  async oneId(id: number): Promise<Map<number, string>> {
    return new Map([[id, '']]);
  }

  // @ts-expect-error the key takes a number, the ids are strings
  @CachedMany({ key: userKey, ttl: '5m' })
  async wrongIds(ids: readonly string[]): Promise<Map<string, string>> {
    return new Map(ids.map((id) => [id, id]));
  }

  // @ts-expect-error a list is returned, which has to be said
  @CachedMany({ key: userKey, ttl: '5m' })
  async listForMap(ids: readonly number[]): Promise<string[]> {
    return ids.map(String);
  }

  // @ts-expect-error a Map is returned, and a list was said
  @CachedMany({ key: userKey, ttl: '5m', returns: 'list' })
  async mapForList(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }

  // @ts-expect-error the Map is by something else than the ids
  @CachedMany({ key: userKey, ttl: '5m' })
  async mapByOther(ids: readonly number[]): Promise<Map<string, string>> {
    return new Map(ids.map((id) => [String(id), '']));
  }

  // @ts-expect-error the function takes one value, not all of them
  @CachedMany({ key: userKey, ttl: (values: Map<number, string>) => values.size })
  async ttlOfAll(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }

  // @ts-expect-error a ttl is missing
  @CachedMany({ key: userKey })
  async withoutTtl(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }

  // @ts-expect-error no such form
  @CachedMany({ key: userKey, ttl: '5m', returns: 'set' })
  async otherForm(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }
}

/** One wrong value for each option that has none above. */
export class WrongValues {
  // @ts-expect-error a unit is missing
  @Cached({ key: userKey, ttl: '5m', staleIfError: '5' })
  async staleIfError(id: number): Promise<void> {}

  // @ts-expect-error no such unit
  @Cached({ key: userKey, ttl: '5m', staleAfter: '5 minutes' })
  async staleAfter(id: number): Promise<void> {}

  // @ts-expect-error `beta` is a number
  @Cached({ key: userKey, ttl: '5m', earlyRefresh: { beta: '2' } })
  async earlyRefresh(id: number): Promise<void> {}

  // @ts-expect-error a function is no schema
  @Cached({ key: userKey, ttl: '5m', schema: (value: unknown) => value === undefined })
  async schema(id: number): Promise<void> {}

  // @ts-expect-error no such unit
  @Cached({ key: userKey, ttl: '5m', lock: { lease: '1 second' } })
  async lease(id: number): Promise<void> {}

  // @ts-expect-error it is stored or not
  @CachedMany({ key: userKey, ttl: '5m', storeAbsent: '1m' })
  async storeAbsent(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }

  // @ts-expect-error a number of ids
  @CachedMany({ key: userKey, ttl: '5m', batchSize: '100' })
  async batchSize(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }

  // @ts-expect-error true or false
  @UpdatesCache({ key: userKey, ttl: '5m', strict: 'yes' })
  async strict(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error no such unit
  @InvalidatesCache({ keys: [userKey], repeatAfter: '5 minutes' })
  async repeatAfter(id: number): Promise<void> {}

  // @ts-expect-error a scope is a string
  @InvalidatesCache({ keys: [userKey], scope: (self: { tenant: number }) => self.tenant })
  async scope(id: number): Promise<void> {}

  // @ts-expect-error a cache is asked for at each call
  @InvalidatesCache({ keys: [userKey], cache })
  async cache(id: number): Promise<void> {}
}

declare const redisClient: RedisClient;
const l2 = new RedisStore({ client: redisClient });

// @ts-expect-error a name is a text
createCache({ store: l2, name: 7 });
// @ts-expect-error a scope is a function
createCache({ store: l2, scope: 'a' });
// @ts-expect-error no such unit
createCache({ store: l2, maxLoad: '1 minute' });
// @ts-expect-error a number of loads
createCache({ store: l2, maxConcurrentLoads: '50' });
// @ts-expect-error it is called maxConcurrentLoads
createCache({ store: l2, maxConcurentLoads: 50 });
// @ts-expect-error no such unit
await cache.close({ timeout: '1 minute' });
// @ts-expect-error it is called timeout
await cache.close({ timout: '1s' });
// @ts-expect-error no such unit
await cache.set(userKey(1), 1, { ttl: 4, staleWhileRevalidate: '1w' });
// @ts-expect-error what is set was not loaded
await cache.set(userKey(1), 1, { ttl: 4, loadTimeout: '1s' });
// @ts-expect-error it is called staleIfError
await cache.getOrLoad(userKey(1), () => 1, { ttl: 4, staleIfErorr: '1h' });
// @ts-expect-error it is called storeIf
cache.wrap(async (id: number) => id, { key: userKey, ttl: 4, storeif: () => true });
// @ts-expect-error true or false
await cache.explain(userKey(1), { values: 'yes' });
// @ts-expect-error it is called values
await cache.explain(userKey(1), { value: true });
// @ts-expect-error no such event
cache.on('hti', () => undefined);
// @ts-expect-error no such event
cache.off('hti', () => undefined);

// @ts-expect-error a number of entries
new MemoryStore({ maxEntries: '10' });
// @ts-expect-error a number of bytes
new MemoryStore({ maxBytes: '1mb' });
// @ts-expect-error a size is a number
new MemoryStore({ sizeOf: (value: unknown) => String(value) });
// @ts-expect-error it is called maxEntries
new MemoryStore({ maxEntires: 10 });

// @ts-expect-error a client is missing
new RedisStore({});
// @ts-expect-error a prefix is a text
new RedisStore({ client: redisClient, prefix: 7 });
// @ts-expect-error a serializer has an id
new RedisStore({ client: redisClient, serializer: { serialize: Buffer.from, deserialize: String } });
// @ts-expect-error no such unit
new RedisStore({ client: redisClient, deadline: '1 second' });
// @ts-expect-error after how many failures?
new RedisStore({ client: redisClient, breaker: true });
// @ts-expect-error it is called failures
new RedisStore({ client: redisClient, breaker: { failurs: 3 } });
// @ts-expect-error a list of clients
new RedisStore({ client: redisClient, lockClients: redisClient });
// @ts-expect-error it is called compressAbove
new RedisStore({ client: redisClient, compresAbove: 2_048 });
// @ts-expect-error a class has no codec by itself
new FaithfulSerializer({ classes: [Point] });
// @ts-expect-error a number of milliseconds
new RedlockRefreshLock({ clients: [redisClient], resourceOf: (name) => name, deadline: '500ms' });
// @ts-expect-error without a resource
new RedlockRefreshLock({ clients: [redisClient], deadline: 500 });

// @ts-expect-error the first tier is one in this process
new TieredStore({ l1: l2, l2 });
// @ts-expect-error the second tier is one that processes share
new TieredStore({ l1: new MemoryStore(), l2: new MemoryStore() });
// @ts-expect-error no such unit
new TieredStore({ l1: new MemoryStore(), l2, l1Ttl: '1 minute' });
// @ts-expect-error no such unit
new TieredStore({ l1: new MemoryStore(), l2, heartbeat: '1 second' });
// @ts-expect-error no such unit
new TieredStore({ l1: new MemoryStore(), l2, maxSilence: '1 minute' });
// @ts-expect-error it is called l1Ttl
new TieredStore({ l1: new MemoryStore(), l2, l1TTL: '1m' });

// @ts-expect-error minifiers change the names of classes: one must be given
classCodec({ class: Point });

// @ts-expect-error an instance is no class
classCodec({ name: 'Point', class: new Point() });

// @ts-expect-error what is encoded must be decoded
classCodec({ name: 'Point', class: Point, encode: ({ x }: Point) => x });

// @ts-expect-error what is decoded must have been encoded
classCodec({ name: 'Point', class: Point, decode: () => new Point() });

// @ts-expect-error what is decoded is what was encoded
classCodec({ name: 'Point', class: Point, encode: ({ x }) => x, decode: (x: string) => new Point() });

// @ts-expect-error it must be decoded to an instance
classCodec({ name: 'Point', class: Point, encode: ({ x }) => x, decode: (x) => x });

// @ts-expect-error a class has no codec by itself
new RedisStore({ client: redisClient, classes: [Point] });

// @ts-expect-error above how many bytes?
new RedisStore({ client: redisClient, compressAbove: true });

export class UpdatesCacheMethods {
  // @ts-expect-error the key takes a number, the method a string
  @UpdatesCache({ key: userKey, ttl: '5m' })
  async wrongKey(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error the method returns no promise
  @UpdatesCache({ key: userKey, ttl: '5m' })
  sync(id: number): string {
    return `${id}`;
  }

  // @ts-expect-error the function takes the value that the method returns
  @UpdatesCache({ key: userKey, ttl: (value: number) => value })
  async wrongTtl(id: number): Promise<string> {
    return `${id}`;
  }

  // @ts-expect-error a ttl is missing
  @UpdatesCache({ key: userKey })
  async withoutTtl(id: number): Promise<string> {
    return `${id}`;
  }

  // @ts-expect-error tags are a list
  @UpdatesCache({ key: userKey, ttl: '5m', tags: 'a' })
  async wrongTags(id: number): Promise<string> {
    return `${id}`;
  }

  // @ts-expect-error no such unit
  @Cached({ key: userKey, ttl: '5m', loadTimeout: '5 minutes' })
  async wrongTimeout(id: number): Promise<string> {
    return `${id}`;
  }

  // @ts-expect-error a share is a number
  @Cached({ key: userKey, ttl: '5m', jitter: '10%' })
  async wrongJitter(id: number): Promise<string> {
    return `${id}`;
  }
}

/** A misspelt option would be none. */
export class MisspeltOptions {
  // @ts-expect-error staleWhileRevalidate
  @Cached({ key: userKey, ttl: '5m', staleWhileRevalidte: '1h' })
  async find(id: number): Promise<string> {
    return `${id}`;
  }

  // @ts-expect-error it is called storeAbsent
  @CachedMany({ key: userKey, ttl: '5m', storeAbsnt: true })
  async findMany(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, '']));
  }

  // @ts-expect-error it is called strict
  @UpdatesCache({ key: userKey, ttl: '5m', stict: true })
  async rename(id: number): Promise<string> {
    return `${id}`;
  }

  // @ts-expect-error it is called strict
  @InvalidatesCache({ keys: [userKey], stict: true })
  async writeStrictly(id: number): Promise<void> {}

  // @ts-expect-error it is called repeatAfter
  @InvalidatesCache({ tags: ['a'], repeatAftr: '1s' })
  async writeTwice(id: number): Promise<void> {}

  // @ts-expect-error it is called keys
  @InvalidatesCache({ kyes: [userKey], strict: true })
  async writeNothing(id: number): Promise<void> {}

  // @ts-expect-error it is called keys, and is all there is
  @InvalidatesCache({ kyes: [userKey] })
  async writeNothingElse(id: number): Promise<void> {}

  // @ts-expect-error an item knows no `strict`
  @InvalidatesCache({ key: userKey, args: (id: number) => [id], strict: true })
  async optionInAnItem(id: number): Promise<void> {}

  // @ts-expect-error the same of one of several
  @InvalidatesCache(userKey, { key: userKey, args: (id: number) => [id], scope: () => 'a' })
  async optionInOneOfSeveralItems(id: number): Promise<void> {}

  // @ts-expect-error the same in the options object
  @InvalidatesCache({ keys: [{ key: userKey, fromResult: (id: number) => [id], tag: 'a' }] })
  async optionInAnItemInFull(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error of two functions one would be forgotten
  @InvalidatesCache({ key: userKey, args: (id: number) => [id], fromResult: (id: number) => [id] })
  async argsBesideFromResult(id: number): Promise<number> {
    return id;
  }

  // @ts-expect-error a key is an item of its own
  @InvalidatesCache({ tags: ['a'], key: userKey })
  async keyBesideTags(id: number): Promise<void> {}

  // @ts-expect-error the same of one of several
  @InvalidatesCache(userKey, { tags: ['a'], key: userKey })
  async keyBesideTagsInAnItem(id: number): Promise<void> {}

  // @ts-expect-error `fromArgs` is for readers
  @InvalidatesCache({ tags: { fromArgs: ['a'], fromResult: () => ['b'] } })
  async optionOfReaders(id: number): Promise<void> {}

  // @ts-expect-error it is called wait
  @Cached({ key: userKey, ttl: '5m', lock: { lease: '1s', wiat: '1s' } })
  async lock(id: number): Promise<void> {}

  // @ts-expect-error it is called beta
  @Cached({ key: userKey, ttl: '5m', earlyRefresh: { beta: 1, bta: 2 } })
  async earlyRefresh(id: number): Promise<void> {}

  // @ts-expect-error it is called fromArgs
  @Cached({ key: userKey, ttl: '5m', tags: { fromArg: ['a'], fromValue: () => ['b'] } })
  async tags(id: number): Promise<void> {}

  // @ts-expect-error there is no value to store
  @UpdatesCache({ key: userKey, ttl: '5m' })
  async remove(id: number): Promise<void> {}

  // @ts-expect-error of a union, each member must fit
  @InvalidatesCache({ key: userKey, fromResult: (user: Order | undefined) => (user ? [user.id] : []) })
  async save(id: number): Promise<Order | undefined> {
    return undefined;
  }
}
