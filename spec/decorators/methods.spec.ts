import { expect } from 'chai';
import { Cached, configureCache, InvalidatesCache, key, MemoryStore, type Cache } from 'freshkeep';
import sinon from 'sinon';

import { settle } from '../support/deferred.js';
import { defineCounter } from './private-methods.js';

const userKey = (id: number) => key`user:${id}`;
const LATEST = Symbol('latest');

describe('a decorated method', () => {
  let cache: Cache;
  let loads: string[];
  beforeEach(() => {
    cache = configureCache({ store: new MemoryStore() });
    loads = [];
  });

  it('keeps its name and its length', () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number, locale: string): Promise<string> {
        return locale + String(id);
      }
      @InvalidatesCache(userKey)
      async rename(id: number, name = ''): Promise<string> {
        return name + String(id);
      }
      @Cached({ key: 'x', ttl: '5m' })
      async [LATEST](): Promise<number> {
        return 1;
      }
    }
    expect([Users.prototype.find.name, Users.prototype.find.length]).to.deep.equal(['find', 2]);
    expect([Users.prototype.rename.name, Users.prototype.rename.length]).to.deep.equal(['rename', 1]);
    expect(Users.prototype[LATEST].name).to.equal('[latest]');
  });

  it('stays a method of the prototype: not enumerable, writable, configurable', () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<number> {
        return id;
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Users.prototype, 'find');
    const attributes = { configurable: true, enumerable: false, writable: true };
    expect(descriptor).to.deep.equal({ value: Users.prototype.find, ...attributes });
  });

  it('may be static', async () => {
    class Users {
      static readonly prefix = 'user';
      @Cached({ key: userKey, ttl: '5m' })
      static async find(id: number): Promise<string> {
        loads.push('find');
        return this.prefix + String(id);
      }
      @InvalidatesCache(userKey)
      static async rename(id: number): Promise<number> {
        return id;
      }
    }
    expect([await Users.find(1), await Users.find(1)]).to.deep.equal(['user1', 'user1']);
    expect(loads).to.deep.equal(['find']);
    await Users.rename(1);
    await Users.find(1);
    expect(loads).to.deep.equal(['find', 'find']);
  });

  it('may be private: `private` in TypeScript', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      private async load(id: number): Promise<number> {
        loads.push('load');
        return id;
      }
      async find(id: number): Promise<number> {
        return this.load(id);
      }
    }
    const users = new Users();
    expect([await users.find(1), await users.find(1)]).to.deep.equal([1, 1]);
    expect(loads).to.deep.equal(['load']);
  });

  it('may be #private, in the standard dialect', async () => {
    const counter = defineCounter(Cached({ key: 'count:{0}', ttl: '5m' }));
    expect(await counter.countTwice('a')).to.deep.equal([1, 1]);
    expect(await counter.countTwice('b')).to.deep.equal([2, 2]);
    expect(await counter.countTwice('a')).to.deep.equal([1, 1]);
  });

  it('may be generic', async () => {
    class Users {
      @Cached({ key: 'generic:{0}', ttl: '5m' })
      async wrap<T extends string>(value: T): Promise<{ readonly value: T }> {
        loads.push(value);
        return { value };
      }
    }
    const users = new Users();
    const wrapped: { readonly value: 'x' } = await users.wrap('x');
    expect(await users.wrap('x')).to.equal(wrapped);
    expect(loads).to.deep.equal(['x']);
  });

  it('may call another decorated method of its instance, which is cached too', async () => {
    class Users {
      @Cached({ key: 'name:{0}', ttl: '5m' })
      async name(id: number): Promise<string> {
        loads.push(`name ${id}`);
        return `Ada ${id}`;
      }
      @Cached({ key: 'greeting:{0}:{1}', ttl: '5m' })
      async greet(id: number, greeting: string): Promise<string> {
        loads.push(`greet ${id}`);
        return `${greeting}, ${await this.name(id)}`;
      }
    }
    const users = new Users();
    expect(await users.greet(1, 'Hello')).to.equal('Hello, Ada 1');
    expect(await users.greet(1, 'Bye')).to.equal('Bye, Ada 1');
    expect(loads).to.deep.equal(['greet 1', 'name 1', 'greet 1']);
  });

  it('may call itself for another key', async () => {
    class Numbers {
      @Cached({ key: 'fibonacci:{0}', ttl: '5m' })
      async fibonacci(n: number): Promise<number> {
        loads.push(String(n));
        return n < 2 ? n : (await this.fibonacci(n - 1)) + (await this.fibonacci(n - 2));
      }
    }
    expect(await new Numbers().fibonacci(30)).to.equal(832_040);
    expect(loads.length).to.equal(31);
  });

  it('may call itself for the same key: the call within the load reaches the method', async () => {
    class Pages {
      @Cached({ key: 'pages:{0}', ttl: '5m' })
      async all(list: string, page = 2): Promise<number[]> {
        loads.push(`${list} ${page}`);
        return page === 0 ? [] : [page, ...(await this.all(list, page - 1))];
      }
    }
    expect(await new Pages().all('a')).to.deep.equal([2, 1]);
    expect(await new Pages().all('a')).to.deep.equal([2, 1]);
    expect(loads).to.deep.equal(['a 2', 'a 1', 'a 0']);
  });

  it('is inherited with its cache', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<string> {
        loads.push(this.constructor.name);
        return `${this.constructor.name} ${id}`;
      }
    }
    class Admins extends Users {}
    expect(await new Admins().find(1)).to.equal('Admins 1');
    expect(await new Users().find(1), 'class-wide, so shared with subclasses').to.equal('Admins 1');
    expect(loads).to.deep.equal(['Admins']);
  });

  it('is no longer cached where a subclass overrides it without a decorator', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<string> {
        loads.push('parent');
        return String(id);
      }
    }
    class Admins extends Users {
      override async find(id: number): Promise<string> {
        loads.push('child');
        return `admin ${await super.find(id)}`;
      }
    }
    const admins = new Admins();
    expect([await admins.find(1), await admins.find(1)]).to.deep.equal(['admin 1', 'admin 1']);
    expect(loads).to.deep.equal(['child', 'parent', 'child']);
  });

  it('may call super with a key of its own', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<string> {
        loads.push('parent');
        return String(id);
      }
    }
    class Admins extends Users {
      @Cached({ key: 'admin:{0}', ttl: '5m' })
      override async find(id: number): Promise<string> {
        loads.push('child');
        return `admin ${await super.find(id)}`;
      }
    }
    const admins = new Admins();
    expect([await admins.find(1), await admins.find(1)]).to.deep.equal(['admin 1', 'admin 1']);
    expect(await new Users().find(1)).to.equal('1');
    expect(loads).to.deep.equal(['child', 'parent']);
  });

  it('waits for what it invalidates: a writer may read what it wrote', async () => {
    const rows = new Map([[1, 'Ada']]);
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<string | undefined> {
        return rows.get(id);
      }
      @InvalidatesCache(userKey)
      async rename(id: number, name: string): Promise<void> {
        rows.set(id, name);
      }
    }
    const users = new Users();
    await users.find(1);
    await users.rename(1, 'Grace');
    expect(await users.find(1)).to.equal('Grace');
    expect(await cache.get(userKey(1))).to.equal('Grace');
  });
});

describe('super on the same key', () => {
  class Users {
    source = 'old';
    @Cached({ key: userKey, ttl: '10s', staleWhileRevalidate: '1m' })
    async find(id: number): Promise<string> {
      return `${this.source} ${id}`;
    }
  }
  class Admins extends Users {
    @Cached({ key: userKey, ttl: '10s', staleWhileRevalidate: '1m' })
    override async find(id: number): Promise<string> {
      return `admin ${await super.find(id)}`;
    }
  }

  beforeEach(() => {
    configureCache({ store: new MemoryStore() });
  });

  it('does not wait for the load that it is part of', async () => {
    expect(await new Admins().find(1)).to.equal('admin old 1');
  });

  it('is loaded anew by a refresh, not taken from the stale entry', async () => {
    const clock = sinon.useFakeTimers();
    try {
      const admins = new Admins();
      await admins.find(1);
      admins.source = 'new';
      await clock.tickAsync(10_000);
      expect(await admins.find(1)).to.equal('admin old 1');
      await settle();
      expect(await admins.find(1)).to.equal('admin new 1');
    } finally {
      clock.restore();
    }
  });

  it('keeps concurrent callers from outside on one load', async () => {
    let loads = 0;
    class Counted extends Admins {
      override source = 'x';
      @Cached({ key: 'counted:{0}', ttl: '1m' })
      override async find(id: number): Promise<string> {
        loads += 1;
        return super.find(id);
      }
    }
    const counted = new Counted();
    const answers = await Promise.all([counted.find(1), counted.find(1), counted.find(1)]);
    expect(answers).to.deep.equal(['admin x 1', 'admin x 1', 'admin x 1']);
    expect(loads).to.equal(1);
  });
});

describe('two decorators on one method', () => {
  const report = key`report`;
  let cache: Cache;
  let calls: number;
  beforeEach(async () => {
    cache = configureCache({ store: new MemoryStore() });
    calls = 0;
    await cache.set(report, 'old', { ttl: '5m' });
  });

  it('@Cached above @InvalidatesCache: invalidates where the method runs, not on a hit', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      @InvalidatesCache(report)
      async find(id: number): Promise<number> {
        calls += 1;
        return id;
      }
    }
    const users = new Users();
    await users.find(1);
    expect(await cache.get(report)).to.equal(undefined);
    await cache.set(report, 'new', { ttl: '5m' });
    expect(await users.find(1)).to.equal(1);
    expect(await cache.get(report)).to.equal('new');
    expect(calls).to.equal(1);
    expect([users.find.name, users.find.length]).to.deep.equal(['find', 1]);
  });

  it('@InvalidatesCache above @Cached: invalidates at each call, hits included', async () => {
    class Users {
      @InvalidatesCache(report)
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<number> {
        calls += 1;
        return id;
      }
    }
    const users = new Users();
    await users.find(1);
    expect(await cache.get(report)).to.equal(undefined);
    await cache.set(report, 'new', { ttl: '5m' });
    expect(await users.find(1)).to.equal(1);
    expect(await cache.get(report)).to.equal(undefined);
    expect(calls).to.equal(1);
    expect([users.find.name, users.find.length]).to.deep.equal(['find', 1]);
  });

  it('@Cached twice: the outer one asks the inner one', async () => {
    class Users {
      @Cached({ key: 'outer:{0}', ttl: '5m' })
      @Cached({ key: 'inner:{0}', ttl: '5m' })
      async find(id: number): Promise<number> {
        calls += 1;
        return id;
      }
    }
    const users = new Users();
    await users.find(1);
    await cache.invalidate(key`outer:${1}`);
    await users.find(1);
    expect(calls).to.equal(1);
    await cache.invalidate(key`outer:${1}`, key`inner:${1}`);
    await users.find(1);
    expect(calls).to.equal(2);
  });

  it('@Cached twice with one key: the inner one belongs to the load of the outer one', async () => {
    class Users {
      @Cached({ key: userKey, ttl: '5m' })
      @Cached({ key: userKey, ttl: '5m' })
      async find(id: number): Promise<number> {
        calls += 1;
        return id;
      }
    }
    const users = new Users();
    expect([await users.find(1), await users.find(1)]).to.deep.equal([1, 1]);
    expect(calls).to.equal(1);
  });
});
