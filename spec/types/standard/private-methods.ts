/** Compiled, not run, in the standard dialect alone: the legacy one knows no decorators on `#private` methods. */
import { Cached, InvalidatesCache, key } from 'freshkeep';

const userKey = (id: number) => key`user:${id}`;

export class Users {
  readonly #names = new Map<number, string>();

  @Cached({ key: userKey, ttl: '5m' })
  async #find(id: number): Promise<string | undefined> {
    return this.#names.get(id);
  }

  @Cached('names:{0}', 300)
  static async #count(prefix: string): Promise<number> {
    return prefix.length;
  }

  @InvalidatesCache(userKey)
  async #rename(id: number, name: string): Promise<void> {
    this.#names.set(id, name);
  }

  // @ts-expect-error the key takes a number, the method a string
  @Cached({ key: userKey, ttl: '5m' })
  async #wrong(id: string): Promise<string> {
    return id;
  }

  async all(): Promise<unknown[]> {
    return [this.#find(1), Users.#count('a'), this.#rename(1, 'Ada'), this.#wrong('1')];
  }
}
