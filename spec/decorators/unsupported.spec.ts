import { Cached, InvalidatesCache, type CacheErrorCode } from 'freshkeep';

import { expectCacheError } from '../support/cache-errors.js';

/** The compiler refuses these uses; JavaScript does not. */
type AnyDecorator = (target: unknown, nameOrContext?: unknown, descriptor?: unknown) => void;

const cached = Cached({ key: 'x', ttl: 5 }) as unknown as AnyDecorator;
const invalidates = InvalidatesCache('x') as unknown as AnyDecorator;
const CODE: CacheErrorCode = 'ERR_CACHE_METHOD_UNSUPPORTED';

describe('@Cached refuses, when the class is defined,', () => {
  it('a generator', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          *count(): Generator<number> {
            yield 1;
          }
        }
        return Numbers;
      },
      CODE,
      '@Cached',
      'a generator',
      'count',
    );
  });

  it('an async generator', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          async *count(): AsyncGenerator<number> {
            yield 1;
          }
        }
        return Numbers;
      },
      CODE,
      '@Cached',
      'a generator',
      'count',
    );
  });

  it('a static generator', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          static *count(): Generator<number> {
            yield 1;
          }
        }
        return Numbers;
      },
      CODE,
      'a generator',
    );
  });

  it('a field', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          one = 1;
        }
        return Numbers;
      },
      CODE,
      '@Cached',
      'a field',
      'one',
    );
  });

  it('a field that holds an async function', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          one = async (): Promise<number> => 1;
        }
        return Numbers;
      },
      CODE,
      'a field',
    );
  });

  it('a getter', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          get one(): number {
            return Number('1');
          }
        }
        return Numbers;
      },
      CODE,
      '@Cached',
      'one',
    );
  });

  it('a setter', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          set one(value: number) {
            this.two = value;
          }
          two = 2;
        }
        return Numbers;
      },
      CODE,
      'one',
    );
  });

  it('an auto-accessor', () => {
    expectCacheError(
      () => {
        class Numbers {
          @cached
          accessor one = 1;
        }
        return Numbers;
      },
      CODE,
      '@Cached',
      'accessor',
      'one',
    );
  });

  it('a class', () => {
    expectCacheError(() => {
      @cached
      class Numbers {
        readonly one = 1;
      }
      return Numbers;
    }, CODE);
  });
});

describe('@InvalidatesCache refuses, when the class is defined,', () => {
  it('an async generator', () => {
    expectCacheError(
      () => {
        class Numbers {
          @invalidates
          async *count(): AsyncGenerator<number> {
            yield 1;
          }
        }
        return Numbers;
      },
      CODE,
      '@InvalidatesCache',
      'a generator',
      'count',
    );
  });

  it('a field', () => {
    expectCacheError(
      () => {
        class Numbers {
          @invalidates
          one = 1;
        }
        return Numbers;
      },
      CODE,
      '@InvalidatesCache',
      'a field',
      'one',
    );
  });

  it('a getter', () => {
    expectCacheError(
      () => {
        class Numbers {
          @invalidates
          get one(): number {
            return Number('1');
          }
        }
        return Numbers;
      },
      CODE,
      '@InvalidatesCache',
      'one',
    );
  });
});
