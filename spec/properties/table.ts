import { Cached, CachedMany, InvalidatesCache, key, UpdatesCache, type Cache, type CacheKey } from 'freshkeep';

import { windowsOf } from './lifetimes.js';
import type { Source } from './source.js';
import type { Content, Id, Policy, Read, ReadMany, Row } from './step.js';
import { tagOfId, tagOfValue, tagsOf } from './tags.js';

export interface TableOptions {
  readonly source: Source;
  readonly cache: Cache;
  /** Keeps its keys and tags apart from those of other programs over the same store. */
  readonly name: string;
}

type Form = Pick<ReadMany, 'returns' | 'storeAbsent' | 'batchSize'>;

/** The methods of a program that are cached, or write: by decorators, and without. */
export class Table {
  readonly #options: TableOptions;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  readonly keyOf = (id: Id): CacheKey => key`${this.#options.name}:row:${id}`;

  readonly tag = (tag: string): string => `${this.#options.name} ${tag}`;

  find({ id, policy, by }: Read): Promise<Row> {
    const { cache, source } = this.#options;
    switch (by) {
      case 'method':
        return this.#rowsOf(policy).find(id);
      case 'wrap':
        return cache.wrap((one: Id) => source.find(one), this.#optionsOfMethod(policy))(id);
      case 'getOrLoad':
        return cache.getOrLoad(
          this.keyOf(id),
          () => source.find(id),
          this.#optionsOf(policy, () => [tagOfId(id)]),
        );
    }
  }

  findMany({
    ids,
    policy,
    by,
    returns,
    storeAbsent,
    batchSize,
  }: ReadMany): Promise<ReadonlyMap<Id, Row> | readonly Row[]> {
    const { cache, source } = this.#options;
    const form = { storeAbsent, batchSize };
    const options = { ...this.#optionsOfMethod(policy), ...form };
    if (by === 'method') {
      const lists = this.#listsOf(policy, form);
      return returns === 'list' ? lists.findList(ids) : lists.findMap(ids);
    }
    return returns === 'list'
      ? cache.wrapMany((some: readonly Id[]) => source.findMany(some), { ...options, returns })(ids)
      : cache.wrapMany((some: readonly Id[]) => source.findMap(some), { ...options, returns })(ids);
  }

  rename(id: Id, content: Content, fails: boolean): Promise<Row> {
    const { source, cache } = this.#options;
    const { keyOf } = this;
    class Rows {
      @InvalidatesCache({ keys: [keyOf], cache: () => cache })
      async rename(of: Id, to: Content): Promise<Row> {
        return source.write(of, to, fails);
      }
    }
    return new Rows().rename(id, content);
  }

  update(policy: Policy, id: Id, content: Content, fails: boolean): Promise<Row> {
    const { source, cache } = this.#options;
    const options = this.#optionsOfMethod(policy);
    class Rows {
      @UpdatesCache({ ...options, cache: () => cache })
      async update(of: Id, to: Content): Promise<Row> {
        return source.write(of, to, fails);
      }
    }
    return new Rows().update(id, content);
  }

  async set(policy: Policy, id: Id, content: Content): Promise<string> {
    const { cache, source } = this.#options;
    const row = await source.write(id, content, false);
    const { ttl, stale } = windowsOf(policy);
    const tags = tagsOf(policy, id, row).map(this.tag);
    return cache.set(this.keyOf(id), row, { ttl, staleWhileRevalidate: stale, tags });
  }

  #rowsOf(policy: Policy) {
    const { source, cache } = this.#options;
    const options = this.#optionsOfMethod(policy);
    class Rows {
      @Cached({ ...options, cache: () => cache })
      async find(id: Id): Promise<Row> {
        return source.find(id);
      }
    }
    return new Rows();
  }

  #listsOf(policy: Policy, form: Omit<Form, 'returns'>) {
    const { source, cache } = this.#options;
    const options = { ...this.#optionsOfMethod(policy), ...form, cache: () => cache };
    class Lists {
      @CachedMany({ ...options, returns: 'map' })
      async findMap(ids: readonly Id[]): Promise<Map<Id, Row>> {
        return source.findMap(ids);
      }

      @CachedMany({ ...options, returns: 'list' })
      async findList(ids: readonly Id[]): Promise<Row[]> {
        return source.findMany(ids);
      }
    }
    return new Lists();
  }

  #optionsOfMethod(policy: Policy) {
    return { key: this.keyOf, ...this.#optionsOf(policy, (id: Id) => [tagOfId(id)]) };
  }

  #optionsOf<A extends readonly unknown[]>(policy: Policy, tagsOfArgs: (...args: A) => string[]) {
    const { ttl, stale, ifError } = windowsOf(policy);
    const exists = (row: Row): boolean => row !== null && row !== undefined;
    return {
      ttl,
      staleWhileRevalidate: stale,
      staleIfError: ifError,
      ...this.#tagsOption(policy, (...args: A) => tagsOfArgs(...args).map(this.tag)),
      ...(policy.stores === 'all' ? {} : { storeIf: exists }),
    };
  }

  #tagsOption<A extends readonly unknown[]>({ tags }: Policy, fromArgs: (...args: A) => string[]) {
    const fromValue = (row: Row): string[] => [this.tag(tagOfValue(row))];
    switch (tags) {
      case 'none':
        return {};
      case 'of id':
        return { tags: fromArgs };
      case 'of value':
        return { tags: { fromValue } };
      case 'of both':
        return { tags: { fromArgs, fromValue } };
    }
  }
}
