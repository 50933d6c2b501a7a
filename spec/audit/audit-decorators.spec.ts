import { EventEmitter } from 'node:events';

import { expect } from 'chai';
import { auditDecorators, Cached, CachedMany, InvalidatesCache, key, UpdatesCache } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';

const written = async (): Promise<void> => Promise.resolve();

interface User {
  readonly id: number;
}

const userKey = (id: number) => key`user:${id}`;
const ofUser = (user: User) => key`user:${user.id}`;

class Users {
  @Cached({ key: userKey, ttl: '5m', staleWhileRevalidate: '1h' })
  async find(id: number): Promise<User> {
    return { id };
  }

  @CachedMany({ key: userKey, ttl: '5m', staleWhileRevalidate: '1h' })
  async findMany(ids: number[]): Promise<Map<number, User>> {
    return new Map(ids.map((id) => [id, { id }]));
  }

  @InvalidatesCache(userKey)
  async rename(_id: number, _name: string): Promise<void> {
    await written();
  }

  @InvalidatesCache(ofUser)
  async delete(_user: User): Promise<void> {
    await written();
  }

  @UpdatesCache({ key: ofUser, ttl: '5m', staleWhileRevalidate: '1h' })
  async save(user: User): Promise<User> {
    return user;
  }

  settings(): string {
    return 'no write, though it begins like one';
  }
}

describe('auditDecorators', () => {
  const names = (...classes: Parameters<typeof auditDecorators>[0]) => auditDecorators(classes).map(({ name }) => name);

  it('finds nothing in a class whose methods agree', () => {
    expect(auditDecorators([Users], { strict: true })).to.deep.equal([]);
  });

  it('finds a method that seems to write, in a class that caches, unless it is to be ignored', () => {
    class Silent extends Users {
      async renameAll(): Promise<void> {
        await written();
      }
    }
    const [finding] = auditDecorators([Silent]);
    expect(finding).to.deep.include({ name: 'no-invalidation', severity: 'low', patterns: ['user:{}'] });
    expect(finding?.summary).to.contain('Silent.renameAll');
    expect(auditDecorators([Silent, Silent]), 'given twice').to.deep.equal([finding]);
    expect(auditDecorators([Silent], { ignore: ['Silent.renameAll'] })).to.deep.equal([]);
  });

  it('takes no method for one that writes that prepares, schedules or registers something', () => {
    class Quiet extends Users {
      setUp(): unknown {
        return written();
      }
      removeListener(): unknown {
        return written();
      }
      addShutdownHook(): unknown {
        return written();
      }
      clearTimer(): unknown {
        return written();
      }
      setHandler(): unknown {
        return written();
      }
      setting(): unknown {
        return written();
      }
    }
    class Writing extends Users {
      setUpdated(): unknown {
        return written();
      }
      removeListenersOf(): unknown {
        return written();
      }
      clearTimes(): unknown {
        return written();
      }
    }
    expect(auditDecorators([Quiet])).to.deep.equal([]);
    expect(auditDecorators([Writing])[0]?.summary).to.contain(
      'Writing.setUpdated, Writing.removeListenersOf, Writing.clearTimes may',
    );
  });

  for (const Base of [EventEmitter, EventTarget, Map]) {
    it(`finds nothing in what a class has from ${Base.name}`, () => {
      class Extended extends (Base as new () => object) {
        @Cached({ key: userKey, ttl: '5m' })
        async find(id: number): Promise<User> {
          return { id };
        }
      }
      expect(auditDecorators([Extended])).to.deep.equal([]);
    });
  }

  it('finds a method that seems to write in a class that the one that caches extends', () => {
    class Table {
      rename(): string {
        return 'renamed';
      }
    }
    class Caching extends Table {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<User> {
        return { id };
      }
    }
    expect(auditDecorators([Caching])[0]?.summary).to.contain('Caching.rename');
  });

  it('finds nothing in a class that writes and does not cache', () => {
    class Writer {
      async renameAll(): Promise<void> {
        await written();
      }
    }
    expect(names(Users, Writer)).to.deep.equal([]);
  });

  it('finds a key that is cached by one name and invalidated by another, in two classes', () => {
    class Admin {
      @InvalidatesCache('Users-{0}')
      async ban(_id: number): Promise<void> {
        await written();
      }
    }
    const [finding] = auditDecorators([Users, Admin]);
    expect(finding).to.deep.include({ name: 'inconsistent-keys', severity: 'high' });
    expect(finding?.patterns).to.have.members(['user:{}', 'Users-{}']);
    expect(finding?.summary).to.contain('Admin.ban');
  });

  it('finds nothing in a thing and a list of such things', () => {
    class Lists extends Users {
      @Cached({ key: (page: number) => key`users:${page}`, ttl: '1m' })
      async list(page: number): Promise<number[]> {
        return [page];
      }

      @InvalidatesCache(userKey, { key: (page: number) => key`users:${page}`, args: () => [0] })
      async register(_id: number): Promise<void> {
        await written();
      }
    }
    expect(auditDecorators([Lists])).to.deep.equal([]);
  });

  it('takes a list that another class caches for no misspelling of a thing whose own key is invalidated too', () => {
    class Registry extends Users {
      @InvalidatesCache(userKey, { key: (page: number) => key`users:${page}`, args: () => [0] })
      async register(_id: number): Promise<void> {
        await written();
      }
    }
    const findings = auditDecorators([Registry]);
    expect(findings.map(({ severity, patterns }) => ({ severity, patterns }))).to.deep.equal([
      { severity: 'medium', patterns: ['users:{}'] },
    ]);
    expect(findings[0]?.summary).to.contain('none of these classes caches under it');
  });

  it('leaves out a key function that would never end', () => {
    interface Node {
      readonly parent?: Node;
      readonly id: number;
    }
    const rootKey = (node: Node) => {
      let root = node;
      while (root.parent !== undefined) root = root.parent;
      return key`root:${root.id}`;
    };
    class Trees {
      @Cached({ key: rootKey, ttl: '1m' })
      async find(node: Node): Promise<number> {
        return node.id;
      }
    }
    expect(auditDecorators([Trees])).to.deep.equal([]);
  });

  it('finds two spellings of which both are cached', () => {
    class Legacy {
      @Cached('user_{0}', '5m', '1h')
      async find(id: number): Promise<number> {
        return id;
      }
    }
    expect(auditDecorators([Users, Legacy])[0]).to.include({ name: 'inconsistent-keys', severity: 'medium' });
  });

  it('finds a key that is invalidated and cached by nobody', () => {
    class Orders {
      @InvalidatesCache(key`catalogue`)
      async place(): Promise<void> {
        await written();
      }
    }
    expect(auditDecorators([Users, Orders])[0]).to.deep.include({ name: 'inconsistent-keys', patterns: ['catalogue'] });
  });

  it('says nothing of what is invalidated where a key function has several patterns', () => {
    class Views {
      @Cached({ key: (id: number, full: boolean) => (full ? key`full:${id}` : key`brief:${id}`), ttl: '1m' })
      async find(id: number, _full: boolean): Promise<number> {
        return id;
      }

      @InvalidatesCache({ keys: [(id: number) => key`full:${id}`, (id: number) => key`brief:${id}`] })
      async change(_id: number): Promise<void> {
        await written();
      }
    }
    expect(auditDecorators([Views])).to.deep.equal([]);
  });

  it('takes a literal in the place of a part for one of its values, and one in another place for none', () => {
    class Pages {
      @Cached({ key: (id: number, locale: string) => key`page:${id}:${locale}`, ttl: '1m' })
      async find(id: number, _locale: string): Promise<number> {
        return id;
      }

      @InvalidatesCache({ keys: [(id: number) => key`page:${id}:en`, (id: number) => key`page:${id}:de`] })
      async change(_id: number): Promise<void> {
        await written();
      }
    }
    class Other {
      @InvalidatesCache({ keys: [(id: number) => key`page:${id}:en:draft`] })
      async change(_id: number): Promise<void> {
        await written();
      }
    }
    expect(auditDecorators([Pages])).to.deep.equal([]);
    expect(auditDecorators([Pages, Other]).map(({ patterns }) => patterns)).to.deep.equal([['page:{}:en:draft']]);
  });

  it('looks at a class whose name cannot be read', () => {
    class Nameless extends Users {
      static override get name(): string {
        throw new Error('no name');
      }
    }
    expect(auditDecorators([Nameless])).to.deep.equal([]);
  });

  it('says nothing of what is invalidated where a key function looks into its arguments', () => {
    class Orders {
      @Cached({ key: (id: number) => key`order:${id.toFixed(2)}`, ttl: '5m' })
      async find(id: number): Promise<number> {
        return id;
      }

      @InvalidatesCache(key`catalogue`)
      async place(): Promise<void> {
        await written();
      }
    }
    expect(names(Orders)).to.deep.equal([]);
  });

  it('finds one key with two lifetimes, but none where a function tells one of them', () => {
    class Shorter {
      @Cached({ key: userKey, ttl: '1m', staleWhileRevalidate: '1h' })
      async find(id: number): Promise<number> {
        return id;
      }
    }
    class Dynamic {
      @Cached({ key: userKey, ttl: () => '1m', staleWhileRevalidate: '1h' })
      async find(id: number): Promise<number> {
        return id;
      }
    }
    const [finding] = auditDecorators([Users, Shorter]);
    expect(finding).to.include({ name: 'duplicated-logic', severity: 'medium' });
    expect(finding?.summary).to.contain('Users.find and Shorter.find');
    expect(names(Users, Dynamic)).to.deep.equal([]);
  });

  it('looks at static and inherited methods, and asks no getter', () => {
    class Static {
      @Cached('country:{0}', '1h')
      static async find(code: string): Promise<string> {
        return code;
      }

      static get updateAll(): () => void {
        throw new Error('asked');
      }

      static async insert(_code: string): Promise<void> {
        await written();
      }
    }
    expect(auditDecorators([Static])[0]?.summary).to.contain('Static.insert');
  });

  it('tells the worst first', () => {
    class Shorter extends Users {
      @Cached({ key: userKey, ttl: '1m', staleWhileRevalidate: '1h' })
      async read(id: number): Promise<User> {
        return { id };
      }

      async renameAll(): Promise<void> {
        await written();
      }
    }
    expect(auditDecorators([Shorter]).map(({ severity }) => severity)).to.deep.equal(['medium', 'low']);
  });

  it('throws where it is strict, and names all that it found', () => {
    class Silent extends Users {
      async renameAll(): Promise<void> {
        await written();
      }

      @InvalidatesCache('Users-{0}')
      async ban(_id: number): Promise<void> {
        await written();
      }
    }
    expectCacheError(
      () => auditDecorators([Silent], { strict: true }),
      'ERR_CACHE_AUDIT_FAILED',
      'inconsistent-keys: ',
      'no-invalidation: ',
      'Silent.renameAll',
    );
  });

  for (const [wrong, named] of [
    [undefined, '`classes`'],
    [[], '`classes`'],
    [Users, '`classes`'],
    [[Users, new Users()], '`classes[1]` to be a class'],
    [['Users'], '`classes[0]` to be a class'],
    [[() => undefined], '`classes[0]` to be a class'],
  ] as const) {
    it(`refuses ${typeof wrong === 'object' ? JSON.stringify(wrong) : typeof wrong} for classes`, () => {
      expectCacheError(() => auditDecorators(wrong as never), 'ERR_CACHE_OPTION_INVALID', named);
    });
  }

  it('refuses wrong options', () => {
    expectCacheError(() => auditDecorators([Users], { strict: 1 as never }), 'ERR_CACHE_OPTION_INVALID', '`strict`');
    expectCacheError(
      () => auditDecorators([Users], { ignore: 'Users' as never }),
      'ERR_CACHE_OPTION_INVALID',
      '`ignore`',
    );
    for (const [ignored, ...said] of [
      ['Users.renam', '`ignore[1]` to be a method of one of the classes (Users.rename?)', 'got "Users.renam"'],
      ['Products.rename', '`ignore[1]` to be a method of one of the classes, such as', 'got "Products.rename"'],
      [7, '`ignore[1]`', 'got 7'],
    ] as const)
      expectCacheError(
        () => auditDecorators([Users], { ignore: ['Users.find', ignored as string] }),
        'ERR_CACHE_OPTION_INVALID',
        ...said,
      );
    expectCacheError(() => auditDecorators([Users], { stict: true } as never), 'ERR_CACHE_OPTION_INVALID', '`strict`?');
  });
});
