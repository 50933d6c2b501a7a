import type { User } from './user.js';

/** What the server asks of users. */
export interface Users {
  /** `undefined` where there is none. */
  find(id: number): Promise<User | undefined>;
  /** The user as it is now; `undefined` where there is none. */
  rename(id: number, name: string): Promise<User | undefined>;
  /** Those whose names have `text` in them. */
  search(text: string): Promise<User[]>;
}
