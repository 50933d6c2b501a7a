/** Compiled, not run: what the types of freshkeep must let through, in both dialects. */
/* eslint-disable @typescript-eslint/no-meaningless-void-operator -- shows that a parameter is not forgotten */
import {
  Cached,
  CachedMany,
  configureCache,
  createCache,
  getCacheMetadata,
  InvalidatesCache,
  key,
  MemoryStore,
  TieredStore,
  UpdatesCache,
  type Cache,
  type CacheKey,
  type CacheKeyable,
  type CacheMetadata,
  type Duration,
  type KeyFunction,
  type StandardSchema,
} from 'freshkeep';
import {
  classCodec,
  FaithfulSerializer,
  RedisStore,
  RedlockRefreshLock,
  type RedisClient,
  type Serializer,
} from 'freshkeep/redis';

interface Customer {
  readonly id: number;
  readonly address?: { readonly city: string } | undefined;
}

interface Order {
  readonly id: number;
  readonly customer: Customer;
  readonly paidAt: Date | null;
  readonly lines: readonly { readonly sku: string }[];
}

class Money implements CacheKeyable {
  readonly amount: bigint;

  constructor(amount: bigint) {
    this.amount = amount;
  }

  toCacheKey(): string {
    return String(this.amount);
  }
}

const userKey = (id: number) => key`user:${id}`;
const orderKey = (customer: number, order?: number) => key`order:${customer}:${order}`;
const reportKey: CacheKey = key`report`;
const anyNumbers = (...ids: readonly number[]) => key`sum:${ids}`;
const declared: KeyFunction<[id: number]> = userKey;

declare const tenantCache: Cache;

/** Keys of methods: positions, paths, functions, constants. */
export class CachedMethods {
  readonly tenant = 'a';

  @Cached({ key: userKey, ttl: '5m', staleWhileRevalidate: '1h' })
  async keyFunction(id: number): Promise<string> {
    return String(id);
  }

  @Cached({ key: declared, ttl: 300 })
  async declaredKeyFunction(id: number): Promise<string> {
    return String(id);
  }

  @Cached({ key: userKey, ttl: '5m' })
  async keyTakesTheLeadingParameters(id: number, locale: string, verbose?: boolean): Promise<string> {
    return `${id} ${locale} ${verbose}`;
  }

  @Cached({ key: orderKey, ttl: '5m' })
  async optionalParameters(customer: number, order?: number): Promise<number> {
    return order ?? customer;
  }

  @Cached({ key: (customer: Customer) => key`customer:${customer.id}`, ttl: '5m' })
  async keyFromProperty(customer: Customer): Promise<Customer> {
    return customer;
  }

  @Cached({ key: (id: number | string) => key`wide:${id}`, ttl: '5m' })
  async widerKeyParameter(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: () => key`all`, ttl: '5m' })
  async keyWithoutParameters(page: number): Promise<number> {
    return page;
  }

  @Cached({ key: reportKey, ttl: '5m' })
  async keyConstant(): Promise<string> {
    return 'report';
  }

  @Cached(reportKey, '5m')
  async keyConstantInShortForm(): Promise<string> {
    return 'report';
  }

  @Cached({ key: 'static-text', ttl: '5m' })
  async templateWithoutPlaceholders(ignored: Map<string, string>): Promise<number> {
    return ignored.size;
  }

  @Cached({ key: 'user:{0}:{1}', ttl: '5m' })
  async templatePositions(id: number, locale: string): Promise<string> {
    return `${id}${locale}`;
  }

  @Cached({ key: 'order:{0.customer.id}:{0.customer.address.city}:{1}', ttl: '5m' })
  async templatePaths(order: Order, locale?: string): Promise<string> {
    return `${order.id}${locale}`;
  }

  @Cached({ key: 'order:{0.paidAt}:{0.lines}', ttl: '5m' })
  async templateDatesAndLists(order: Order): Promise<number> {
    return order.id;
  }

  @Cached({ key: 'order:{0}', ttl: '5m' })
  async templateWholePlainObject(order: Order): Promise<number> {
    return order.id;
  }

  @Cached({ key: 'point:{0}:{0.0}:{0.1.name}', ttl: '5m' })
  async templateTuples(point: readonly [number, { readonly name: string }]): Promise<number> {
    return point[0];
  }

  @Cached({ key: 'parts:{0}:{1}:{2}:{3}:{4}', ttl: '5m' })
  async everyPrimitive(a: bigint, b: boolean, c: null, d: undefined, e: 'x' | 'y'): Promise<string> {
    return `${a}${b}${String(c)}${String(d)}${e}`;
  }

  @Cached({ key: 'money:{0}', ttl: '5m' })
  async keyable(money: Money): Promise<bigint> {
    return money.amount;
  }

  @Cached({ key: 'sum:{0}:{1}:{7}', ttl: '5m' })
  async restParameters(...numbers: number[]): Promise<number> {
    return numbers.length;
  }

  @Cached({ key: 'mixed:{0}:{1}', ttl: '5m' })
  async leadingThenRest(first: string, ...numbers: number[]): Promise<string> {
    return first + String(numbers.length);
  }

  @Cached({ key: anyNumbers, ttl: '5m' })
  async keyFunctionOfRest(...ids: number[]): Promise<number> {
    return ids.length;
  }

  @Cached({ key: 'generic:{0}', ttl: '5m' })
  async generic<T extends string>(value: T): Promise<T> {
    return value;
  }

  @Cached({ key: userKey, ttl: '5m' })
  async genericResult<T>(id: number, read: (id: number) => T): Promise<T> {
    return read(id);
  }

  @Cached({ key: userKey, ttl: '5m' })
  static async ofTheClass(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: 'private:{0}', ttl: '5m' })
  private async privateByModifier(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: 'protected:{0}', ttl: '5m' })
  protected async protectedByModifier(id: number): Promise<number> {
    return this.privateByModifier(id);
  }

  @Cached({ key: userKey, ttl: '5m' })
  async typedThis(this: CachedMethods, id: number): Promise<string> {
    return this.tenant + String(id);
  }

  @Cached({ key: userKey, ttl: '5m' })
  promiseWithoutAsync(id: number): Promise<number> {
    return Promise.resolve(id);
  }

  @Cached({ key: userKey, ttl: '5m' })
  async nothing(id: number): Promise<undefined> {
    void id;
    return undefined;
  }
}

type OrderId = string & { readonly brand: 'order' };

interface Filter {
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly page: { readonly size: number } | null;
}

abstract class Repository {
  abstract find(id: number): Promise<number>;
}

/** Signatures of every kind. */
export class Signatures extends Repository {
  @Cached({ key: userKey, ttl: '5m' })
  override async find(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: (id?: number) => key`user:${id}`, ttl: '5m' })
  async defaultParameter(id = 5): Promise<number> {
    return id;
  }

  @Cached({ key: 'search:{0}:{1.limit}', ttl: '5m' })
  async destructuredParameter(text: string, { limit = 10 }: { readonly limit?: number } = {}): Promise<string> {
    return text + String(limit);
  }

  @Cached({ key: 'order:{0}', ttl: '5m' })
  async brandedParameter(id: OrderId): Promise<OrderId> {
    return id;
  }

  @Cached({ key: 'search:{0}:{0.tags}:{0.page.size}', ttl: '5m' })
  async optionalProperties(filter: Filter): Promise<Filter> {
    return filter;
  }

  @Cached({ key: (filter: Filter) => key`search:${filter}`, ttl: '5m' })
  async keyOfWholeInterface(filter: Filter): Promise<Filter> {
    return filter;
  }

  @Cached({ key: 'labels:{0}:{0.first}', ttl: '5m' })
  async indexSignature(labels: Readonly<Record<string, string | number>>): Promise<number> {
    return Object.keys(labels).length;
  }

  @Cached({ key: 'entity:{0.id}', ttl: '5m' })
  async constrainedGeneric<T extends { readonly id: number }>(entity: T): Promise<T> {
    return entity;
  }

  @Cached({ key: 'field:{0}', ttl: '5m' })
  async genericOverNames<K extends keyof Filter>(name: K, filter: Filter): Promise<Filter[K]> {
    return filter[name];
  }

  overloaded(id: number): Promise<number>;
  overloaded(id: string, locale: string): Promise<string>;
  @Cached({ key: 'overloaded:{0}:{1}', ttl: '5m' })
  async overloaded(id: number | string, locale?: string): Promise<number | string> {
    return locale === undefined ? id : `${id}${locale}`;
  }

  @Cached({ key: 'union:{0}', ttl: '5m' })
  unionOfPromises(id: number): Promise<number> | Promise<string> {
    return id > 0 ? Promise.resolve(id) : Promise.resolve('none');
  }

  @Cached({ key: userKey, ttl: '5m', storeIf: (value) => value !== null, when: (id) => id > 0 })
  async optionsWithoutTypes(id: number): Promise<number | null> {
    return id;
  }
}

const sharedOptions = { key: userKey, ttl: '5m' } as const;
const sharedKeys = [userKey, 'list'] as const;

/** Options may be declared elsewhere. */
export class SharedOptions {
  @Cached(sharedOptions)
  async find(id: number): Promise<number> {
    return id;
  }

  @InvalidatesCache(...sharedKeys)
  async rename(id: number): Promise<number> {
    return id;
  }

  @InvalidatesCache({ keys: sharedKeys })
  async remove(id: number): Promise<number> {
    return id;
  }
}

/** Options: short form, durations, functions over value and arguments. */
export class CachedOptionForms {
  readonly tenant = 'a';

  @Cached('user:{0}', 300, 3600)
  async shortForm(id: number): Promise<number> {
    return id;
  }

  @Cached(userKey, '5m')
  async shortFormWithFunction(id: number): Promise<number> {
    return id;
  }

  @Cached(userKey, '250ms', '1.5h')
  async shortFormWithUnits(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: (order: Order) => (order.paidAt === null ? 0 : '7d') })
  async ttlFromValue(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @Cached({ key: userKey, ttl: (count: number, id: number): Duration => count + id })
  async ttlFromValueAndArguments(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '1d', storeIf: (value: string | null) => value !== null })
  async storeIf(id: number): Promise<string | null> {
    return id > 0 ? 'x' : null;
  }

  @Cached({ key: userKey, ttl: '1d', storeIf: (value: number, id: number) => value > id })
  async storeIfWithArguments(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '1d', when: (id: number) => id > 0 })
  async when(id: number, detail: string): Promise<string> {
    return detail + String(id);
  }

  @Cached({ key: userKey, ttl: '10s', lock: false })
  async withoutLock(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '10s', lock: { lease: '1s', wait: 3 } })
  async lockOptions(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '10s', scope: (self: CachedOptionForms) => self.tenant, cache: () => tenantCache })
  async scopeAndCache(id: number): Promise<number> {
    return id;
  }
}

const sharedTags = ['a', 'b'] as const;
const tagsOfOrder = (order: Order) => [`customer:${order.customer.id}`];
const valueTags = { fromArgs: (id: number) => [`order:${id}`], fromValue: tagsOfOrder };

/** `tags` of `@Cached`. */
export class TaggedReaders {
  @Cached({ key: userKey, ttl: '5m', tags: ['a', 'b'] })
  async list(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', tags: sharedTags })
  async listDeclaredElsewhere(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', tags: [] })
  async emptyList(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', tags: (id: number, locale: string) => [`user:${id}`, locale] })
  async fromArguments(id: number, locale: string): Promise<string> {
    return locale + String(id);
  }

  @Cached({ key: userKey, ttl: '5m', tags: (id) => [`user:${id}`] })
  async fromLeadingArgumentWithoutType(id: number, locale: string): Promise<string> {
    return locale + String(id);
  }

  @Cached({ key: userKey, ttl: '5m', tags: (id: number | string) => [`user:${id}`] as const })
  async fromWiderArgument(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', tags: () => sharedTags })
  async fromNoArgument(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', tags: { fromValue: tagsOfOrder } })
  async fromValue(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @Cached({ key: userKey, ttl: '5m', tags: { fromValue: (order: Order, id: number) => [`${order.id}:${id}`] } })
  async fromValueAndArguments(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @Cached({ key: userKey, ttl: '5m', tags: { fromArgs: ['a'], fromValue: (value) => [String(value)] } })
  async listAndValueWithoutType(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', tags: valueTags })
  async fromBoth(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @Cached({ key: 'generic:{0}', ttl: '5m', tags: (value: string) => [value] })
  async generic<T extends string>(value: T): Promise<T> {
    return value;
  }

  @Cached({ key: 'sum:{0}', ttl: '5m', tags: (...ids: readonly number[]) => ids.map(String) })
  async restParameters(...ids: number[]): Promise<number> {
    return ids.length;
  }
}

/** `tags` of `@InvalidatesCache`. */
export class TaggingWriters {
  @InvalidatesCache({ tags: ['a', 'b'] })
  async list(id: number): Promise<number> {
    return id;
  }

  @InvalidatesCache({ tags: sharedTags })
  async listDeclaredElsewhere(id: number): Promise<number> {
    return id;
  }

  @InvalidatesCache({ tags: (id: number) => [`user:${id}`] })
  async fromArguments(id: number, name: string): Promise<string> {
    return name + String(id);
  }

  @InvalidatesCache({ tags: { fromResult: (order: Order, id: number) => [`${order.customer.id}:${id}`] } })
  async fromResult(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @InvalidatesCache(
    userKey,
    { tags: ['a'] },
    { tags: (id: number) => [`user:${id}`] },
    { tags: { fromResult: tagsOfOrder } },
  )
  async besideKeys(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @InvalidatesCache({ tags: ['a'] }, { tags: ['b'] })
  async severalItems(id: number): Promise<number> {
    return id;
  }

  @InvalidatesCache({
    keys: [userKey, { tags: (id: number) => [`user:${id}`] }],
    tags: { fromResult: tagsOfOrder },
    strict: true,
    cache: () => tenantCache,
  })
  async inFull(id: number): Promise<Order> {
    return { id, customer: { id }, paidAt: null, lines: [] };
  }

  @InvalidatesCache({ keys: [userKey], tags: ['a'] })
  async nothing(id: number): Promise<void> {
    void id;
  }
}

/** Items of `@InvalidatesCache`. */
export class Writers {
  @InvalidatesCache(userKey)
  async keyFunction(id: number, name: string): Promise<string> {
    return name + String(id);
  }

  @InvalidatesCache('user:{0}', reportKey, userKey)
  async severalKeys(id: number): Promise<void> {
    void id;
  }

  @InvalidatesCache('order:{0.customer.id}', { key: userKey, args: (order: Order) => [order.customer.id] })
  async keyFromArguments(order: Order): Promise<void> {
    void order;
  }

  @InvalidatesCache({ key: orderKey, args: (order: Order) => [order.customer.id] })
  async optionalKeyParameterLeftOut(order: Order): Promise<void> {
    void order;
  }

  @InvalidatesCache({ key: userKey, fromResult: (order: Order) => [order.id] })
  async keyFromResult(sku: string): Promise<Order> {
    return { id: sku.length, customer: { id: 1 }, paidAt: null, lines: [] };
  }

  readonly injected = tenantCache;

  @InvalidatesCache({ keys: [userKey], cache: (self: Writers) => self.injected })
  async ofTheInstance(id: number): Promise<void> {
    void id;
  }

  @InvalidatesCache({ key: userKey, fromResult: (order: Order) => (order.paidAt === null ? null : [order.id]) })
  async nothingThisTime(sku: string): Promise<Order> {
    return { id: sku.length, customer: { id: 1 }, paidAt: null, lines: [] };
  }

  @InvalidatesCache({ key: orderKey, fromResult: (order: Order, customer: number) => [customer, order.id] as const })
  async keyFromResultAndArguments(customer: number): Promise<Order> {
    return { id: 1, customer: { id: customer }, paidAt: null, lines: [] };
  }

  @InvalidatesCache({ key: 'order:{0}:{1}', args: (order: Order) => [order.customer.id, order.id] })
  async templateWithArguments(order: Order): Promise<void> {
    void order;
  }

  @InvalidatesCache({ key: () => key`all`, args: () => [] })
  async noKeyArguments(order: Order): Promise<void> {
    void order;
  }

  @InvalidatesCache({
    keys: [userKey, { key: userKey, fromResult: (id: number) => [id] }],
    strict: true,
    scope: (self: Writers) => self.constructor.name,
    cache: () => tenantCache,
  })
  async inFull(id: number): Promise<number> {
    return id;
  }

  @InvalidatesCache(userKey)
  static async ofTheClass(id: number): Promise<void> {
    void id;
  }

  @InvalidatesCache('generic:{0}')
  async generic<T extends string>(value: T, data: Map<string, T>): Promise<T> {
    return data.get(value) ?? value;
  }

  @Cached({ key: 'next:{0}', ttl: 5 })
  @InvalidatesCache(userKey)
  async twoDecorators(id: number): Promise<number> {
    return id;
  }
}

/** Decorated methods keep their type. */
export async function typesAreKept(): Promise<void> {
  const methods = new CachedMethods();
  const text: string = await methods.keyFunction(1);
  const literal: 'x' = await methods.generic('x');
  const date: Date = await methods.genericResult(1, () => new Date());
  const count: number = await CachedMethods.ofTheClass(1);
  const metadata: readonly CacheMetadata[] = getCacheMetadata(methods.keyFunction);
  void [text, literal, date, count, metadata];
}

/** Keys by the tag, and functions without decorators. */
export async function withoutDecorators(): Promise<void> {
  const cache: Cache = createCache({ store: new MemoryStore(), name: 'reports', scope: () => 'tenant' });
  configureCache({ store: new MemoryStore({ maxEntries: 10, isolation: 'clone' }) });
  const find = cache.wrap(async (id: number): Promise<string> => String(id), {
    key: userKey,
    ttl: (value) => value.length,
    when: (id) => id > 0,
    storeIf: (value, id) => value.length > id,
  });
  const text: string = await find(1);
  const byTemplate = cache.wrap(async (order: Order, locale?: string) => `${order.id}${locale}`, {
    key: 'order:{0.customer.id}:{1}',
    ttl: '5m',
  });
  const other: string = await byTemplate({ id: 1, customer: { id: 1 }, paidAt: null, lines: [] });
  const loaded: number = await cache.getOrLoad(userKey(1), () => 1, { ttl: '5m', storeIf: (value) => value > 0 });
  const nested = key`x:${[1, { a: 2n, at: new Date() }]}:${undefined}:${null}:${new Money(1n)}`;
  await cache.invalidate(nested, reportKey);
  const tagged = cache.wrap(async (id: number, name: string): Promise<string> => name + String(id), {
    key: userKey,
    ttl: '5m',
    tags: {
      fromArgs: (id, name) => [name.trim(), id.toFixed()],
      fromValue: (value, id) => [value.trim(), id.toFixed()],
    },
  });
  const byArguments = cache.wrap(async (id: number): Promise<string> => String(id), {
    key: userKey,
    ttl: '5m',
    tags: (id) => [id.toFixed()],
  });
  await cache.getOrLoad(userKey(1), () => 'text', { ttl: '5m', tags: { fromValue: (value) => [value.trim()] } });
  await cache.set(userKey(1), 'text', { ttl: '5m', tags: sharedTags });
  const outcome: 'applied' | 'queued' | 'deferred' = await cache.invalidateTags('a', ...sharedTags);
  void [await tagged(1, 'a'), await byArguments(1), outcome];
  void [text, other, loaded];
}

/** Methods that load many. */
export class CachedManyMethods {
  readonly tenant = 'a';

  @CachedMany({ key: userKey, ttl: '5m', staleWhileRevalidate: '1h' })
  async map(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, String(id)]));
  }

  @CachedMany({ key: userKey, ttl: '5m' })
  async mutableListOfIds(ids: number[]): Promise<ReadonlyMap<number, string>> {
    return new Map(ids.map((id) => [id, String(id)]));
  }

  @CachedMany({ key: 'user:{0}:{1}', ttl: '5m', returns: 'list', batchSize: 100, storeAbsent: true })
  async list(ids: readonly number[], locale: string): Promise<(string | undefined)[]> {
    return ids.map((id) => `${id}${locale}`);
  }

  @CachedMany({
    key: (id: number, locale: string) => key`user:${id}:${locale}`,
    ttl: (value: string, id: number, locale: string) => value.length + id + locale.length,
    storeIf: (value: string) => value !== '',
    when: (id: number) => id > 0,
    tags: { fromArgs: (id: number) => [`of ${id}`], fromValue: (value: string) => [value] },
    scope: (users: CachedManyMethods) => users.tenant,
  })
  async functions(ids: readonly number[], locale: string, verbose?: boolean): Promise<Map<number, string>> {
    void verbose;
    return new Map(ids.map((id) => [id, locale]));
  }

  @CachedMany({ key: ({ sku }: { readonly sku: string }) => key`line:${sku}`, ttl: 60 })
  static async objectsAsIds(
    lines: readonly { readonly sku: string }[],
  ): Promise<Map<{ readonly sku: string }, number>> {
    return new Map(lines.map((line) => [line, 1]));
  }
}

const wrappedMany = tenantCache.wrapMany(async (ids: readonly number[]) => new Map(ids.map((id) => [id, `${id}`])), {
  key: userKey,
  ttl: '5m',
});
export const manyByMap: Promise<Map<number, string>> = wrappedMany([1, 2]);

const wrappedList = tenantCache.wrapMany(
  async (ids: readonly number[], locale: string) => ids.map((id) => (id > 0 ? `${id}${locale}` : undefined)),
  { key: (id: number, locale: string) => key`user:${id}:${locale}`, ttl: '5m', returns: 'list' },
);
export const manyByList: Promise<(string | undefined)[]> = wrappedList([1, 2], 'en');

/** Nobody but itself makes one. */
class Sealed {
  readonly #code: string;

  private constructor(code: string) {
    this.#code = code;
  }

  static of(code: string): Sealed {
    return new Sealed(code);
  }

  get code(): string {
    return this.#code;
  }
}

abstract class Shape {
  abstract readonly area: number;
}

class Pair<A, B> {
  readonly one: A;
  readonly other: B;

  constructor(one: A, other: B) {
    this.one = one;
    this.other = other;
  }
}

declare const redisClient: RedisClient;

/** Classes: with a pair of functions, whose types are known to one another, and by their fields alone. */
const classes = [
  classCodec({ name: 'Money', class: Money, encode: ({ amount }) => amount, decode: (amount) => new Money(amount) }),
  classCodec({
    name: 'Sealed',
    class: Sealed,
    encode: ({ code }) => ({ code }),
    decode: ({ code }) => Sealed.of(code),
  }),
  classCodec({ name: 'Shape', class: Shape }),
  classCodec({ name: 'Pair@2', class: Pair<number, string> }),
  classCodec({ name: 'URL', class: URL, encode: String, decode: (href: string) => new URL(href) }),
];
export const storesOfClasses = [
  new RedisStore({ client: redisClient, classes, compressAbove: 2_048 }),
  new RedisStore({ client: redisClient, serializer: new FaithfulSerializer({ classes }), compressAbove: false }),
];

/** The method has a list of its own. */
const wrappedMutable = tenantCache.wrapMany(
  async (ids: number[], locale: string) => new Map(ids.sort().map((id) => [id, locale])),
  { key: userKey, ttl: '5m', staleIfError: '1h', loadTimeout: '500ms', staleAfter: 0.2, jitter: 0.1 },
);
export const manyMutable: Promise<Map<number, string>> = wrappedMutable([1, 2], 'en');

/** Methods that write. */
export class UpdatesCacheMethods {
  readonly tenant = 'a';

  @UpdatesCache({ key: userKey, ttl: '5m' })
  async rename(id: number, name: string): Promise<string> {
    return `${id}${name}`;
  }

  @UpdatesCache({
    key: 'user:{0.id}',
    ttl: (value: { readonly id: number }, customer: Customer) => value.id + customer.id,
    storeIf: (value: { readonly id: number }) => value.id > 0,
    staleWhileRevalidate: '1h',
    staleIfError: '1d',
    jitter: 0.1,
    tags: { fromArgs: (customer: Customer) => [`of ${customer.id}`], fromValue: () => [] },
    scope: (methods: UpdatesCacheMethods) => methods.tenant,
    strict: true,
    cache: () => tenantCache,
  })
  async save(customer: Customer): Promise<Customer> {
    return customer;
  }
}

declare const schema: StandardSchema;
declare const serializer: Serializer;

/** All options of each decorator, in their longest form. */
export class EveryOption {
  readonly tenant = 'a';

  @Cached({
    key: userKey,
    ttl: '5m',
    staleWhileRevalidate: '1h',
    staleIfError: 86_400,
    jitter: 0.1,
    earlyRefresh: { beta: 2 },
    loadTimeout: '500ms',
    staleAfter: '50ms',
    storeIf: (value: string) => value !== '',
    when: (id: number) => id > 0,
    tags: { fromArgs: (id: number) => [`user:${id}`], fromValue: (value: string) => [value] },
    schema,
    lock: { lease: '1s', wait: '3s' },
    scope: (self: EveryOption) => self.tenant,
    cache: () => tenantCache,
  })
  async cached(id: number): Promise<string> {
    return String(id);
  }

  @CachedMany({
    key: userKey,
    ttl: '5m',
    staleWhileRevalidate: '1h',
    staleIfError: '1d',
    jitter: 0.1,
    earlyRefresh: true,
    loadTimeout: '500ms',
    staleAfter: '50ms',
    storeIf: (value: string) => value !== '',
    when: (id: number) => id > 0,
    tags: ['a'],
    schema,
    lock: { wait: '3s' },
    scope: (self: EveryOption) => self.tenant,
    cache: () => tenantCache,
    returns: 'map',
    storeAbsent: true,
    batchSize: 100,
  })
  async cachedMany(ids: readonly number[]): Promise<Map<number, string>> {
    return new Map(ids.map((id) => [id, String(id)]));
  }

  @UpdatesCache({
    key: userKey,
    ttl: '5m',
    staleWhileRevalidate: '1h',
    staleIfError: '1d',
    jitter: 0.1,
    storeIf: (value: string) => value !== '',
    tags: ['a'],
    schema,
    scope: (self: EveryOption) => self.tenant,
    strict: false,
    cache: () => tenantCache,
  })
  async updates(id: number): Promise<string> {
    return String(id);
  }

  @InvalidatesCache({
    keys: [userKey, { key: userKey, args: (id: number) => [id] }, { tags: ['a'] }],
    tags: { fromResult: (text: string) => [text] },
    repeatAfter: '500ms',
    strict: true,
    scope: (self: EveryOption) => self.tenant,
    cache: () => tenantCache,
  })
  async invalidates(id: number): Promise<string> {
    return String(id);
  }

  @InvalidatesCache(reportKey)
  async keyConstantAlone(id: number): Promise<number> {
    return id;
  }

  @Cached({ key: userKey, ttl: '5m', earlyRefresh: {}, lock: {} })
  async emptyOptionsWithin(id: number): Promise<number> {
    return id;
  }
}

/** All options of what is made without decorators. */
export async function everyOption(): Promise<void> {
  const l2 = new RedisStore({
    client: redisClient,
    prefix: 'shop',
    serializer,
    compressAbove: 2_048,
    decodedBytes: 0,
    deadline: '500ms',
    breaker: { failures: 5 },
    lockClients: [redisClient],
  });
  const l1 = new MemoryStore({ maxEntries: 10, maxBytes: 1_000, sizeOf: (value) => String(value).length });
  const store = new TieredStore({ l1, l2, l1Ttl: '30s', heartbeat: '1s', maxSilence: '10s' });
  const cache = createCache({ store, name: 'reports', scope: () => 'a', maxLoad: '30s', maxConcurrentLoads: 50 });
  const lock = new RedlockRefreshLock({
    clients: [redisClient],
    resourceOf: (name) => `lock:${name}`,
    deadline: 500,
    refusal: (resource) => new Error(resource),
  });
  const withoutBreaker = new RedisStore({ client: redisClient, breaker: false });
  await cache.set(userKey(1), 'text', {
    ttl: '5m',
    staleWhileRevalidate: '1h',
    staleIfError: '1d',
    jitter: 0.1,
    tags: ['a'],
  });
  await cache.getOrLoad(userKey(1), () => 'text', {
    ttl: '5m',
    staleIfError: '1d',
    earlyRefresh: { beta: 2 },
    jitter: 0.1,
    schema,
    lock: false,
  });
  cache.on('hit', ({ key, pattern }) => [key, pattern]).off('miss', () => undefined);
  await cache.explain(userKey(1), { values: true });
  await cache.close({ timeout: '1s' });
  void [lock, withoutBreaker];
}
