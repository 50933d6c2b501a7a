import type { Database } from './database.js';
import type { User } from './user.js';

/** The table `users`: plain SQL, no cache. */
export class UserTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(id: number): Promise<User | undefined> {
    const { rows } = await this.#database.query<User>('SELECT id, name, email FROM users WHERE id = $1', [id]);
    return rows[0];
  }

  async rename(id: number, name: string): Promise<User | undefined> {
    const { rows } = await this.#database.query<User>(
      'UPDATE users SET name = $2 WHERE id = $1 RETURNING id, name, email',
      [id, name],
    );
    return rows[0];
  }

  async search(text: string): Promise<User[]> {
    const { rows } = await this.#database.query<User>(
      'SELECT id, name, email FROM users WHERE position(lower($1) IN lower(name)) > 0 ORDER BY id LIMIT 20',
      [text],
    );
    return rows;
  }
}
