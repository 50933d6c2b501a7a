import 'reflect-metadata';

import { expect } from 'chai';
import { Cached, getCacheMetadata, InvalidatesCache, key } from 'freshkeep';

const userKey = (id: number) => key`user:${id}`;

type DecoratedMethod = (this: unknown, ...args: never[]) => unknown;

/** A decorator of somebody else, in both dialects, that writes metadata on the function it is given. */
function role(name: string): (...args: unknown[]) => void {
  return (target, _nameOrContext, descriptor) => {
    const method: unknown = descriptor === undefined ? target : (descriptor as PropertyDescriptor).value;
    Reflect.defineMetadata('role', name, method as DecoratedMethod);
  };
}

describe('the metadata of a decorated method', () => {
  it('tells what @Cached declared, as it was written', () => {
    const options = { key: userKey, ttl: '5m', staleWhileRevalidate: '1h' } as const;
    class Users {
      @Cached(options)
      async find(id: number): Promise<number> {
        return id;
      }
    }
    expect(getCacheMetadata(Users.prototype.find)).to.deep.equal([{ kind: 'cached', key: userKey, options }]);
    expect(getCacheMetadata(new Users().find)).to.deep.equal([{ kind: 'cached', key: userKey, options }]);
  });

  it('tells the short form as options', () => {
    class Users {
      @Cached('user:{0}', 300, 3600)
      async find(id: number): Promise<number> {
        return id;
      }
    }
    const options = { key: 'user:{0}', ttl: 300, staleWhileRevalidate: 3600 };
    expect(getCacheMetadata(Users.prototype.find)).to.deep.equal([{ kind: 'cached', key: 'user:{0}', options }]);
  });

  it('tells the keys that @InvalidatesCache was given, in each form', () => {
    const report = key`report`;
    class Users {
      @InvalidatesCache(userKey, 'list:{0}', report, { key: userKey, args: (id: number) => [id + 1] })
      async rename(id: number): Promise<number> {
        return id;
      }
      @InvalidatesCache({ keys: [userKey], strict: true })
      async remove(id: number): Promise<number> {
        return id;
      }
    }
    const [renames] = getCacheMetadata(Users.prototype.rename);
    expect(renames?.kind).to.equal('invalidates');
    expect(renames).to.have.property('keys').that.deep.equals([userKey, 'list:{0}', report, userKey]);
    expect(getCacheMetadata(Users.prototype.remove)).to.deep.equal([
      { kind: 'invalidates', keys: [userKey], options: { keys: [userKey], strict: true } },
    ]);
  });

  it('lists several decorators, the outermost first', () => {
    class Users {
      @InvalidatesCache('list')
      @Cached({ key: userKey, ttl: 1 })
      async one(id: number): Promise<number> {
        return id;
      }
      @Cached({ key: userKey, ttl: 1 })
      @InvalidatesCache('list')
      async other(id: number): Promise<number> {
        return id;
      }
    }
    const kinds = (method: DecoratedMethod) => getCacheMetadata(method).map(({ kind }) => kind);
    expect(kinds(Users.prototype.one)).to.deep.equal(['invalidates', 'cached']);
    expect(kinds(Users.prototype.other)).to.deep.equal(['cached', 'invalidates']);
  });

  it('is inherited, until a method is overridden', () => {
    class Users {
      @Cached({ key: userKey, ttl: 1 })
      async find(id: number): Promise<number> {
        return id;
      }
    }
    class Admins extends Users {}
    class Guests extends Users {
      override async find(id: number): Promise<number> {
        return -id;
      }
    }
    expect(getCacheMetadata(Admins.prototype.find)).to.have.length(1);
    expect(getCacheMetadata(Guests.prototype.find)).to.deep.equal([]);
  });

  it('is told of static methods', () => {
    class Users {
      @Cached({ key: userKey, ttl: 1 })
      static async find(id: number): Promise<number> {
        return id;
      }
    }
    expect(getCacheMetadata(Users.find)).to.have.length(1);
  });

  it('is empty for a method without decorators', () => {
    class Users {
      async find(id: number): Promise<number> {
        return id;
      }
    }
    expect(getCacheMetadata(Users.prototype.find)).to.deep.equal([]);
  });

  it('of other decorators stays, whether they stand below, between or above', () => {
    class Users {
      @Cached({ key: userKey, ttl: 1 })
      @role('below')
      async below(id: number): Promise<number> {
        return id;
      }
      @Cached({ key: userKey, ttl: 1 })
      @role('between')
      @InvalidatesCache(userKey)
      async between(id: number): Promise<number> {
        return id;
      }
      @role('above')
      @Cached({ key: userKey, ttl: 1 })
      async above(id: number): Promise<number> {
        return id;
      }
    }
    const { below, between, above } = Users.prototype;
    const roles = [below, between, above].map((method) => Reflect.getMetadata('role', method) as unknown);
    expect(roles).to.deep.equal(['below', 'between', 'above']);
    expect(getCacheMetadata(between).map(({ kind }) => kind)).to.deep.equal(['cached', 'invalidates']);
  });
});
