import { PGlite } from '@electric-sql/pglite';

/** A user, and what the database has counted of theirs. */
export interface UserWithOrders {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly orders: number;
  readonly spent: number;
  readonly lastOrder: string;
}

const ORDERS_PER_USER = 200;

/** A PostgreSQL inside this process, in memory. */
export class UsersDatabase {
  readonly #database: PGlite;
  #queries = 0;

  static async open(users: number): Promise<UsersDatabase> {
    const database = await PGlite.create();
    await database.exec(`
      CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL);
      INSERT INTO users SELECT id, 'user ' || id, 'user' || id || '@example.org' FROM generate_series(1, ${users}) AS id;
      CREATE TABLE orders (id integer PRIMARY KEY, user_id integer NOT NULL, placed_at date NOT NULL, total numeric NOT NULL);
      INSERT INTO orders SELECT id, 1 + id % ${users}, date '2026-01-01' - id % 365, 1 + id % 97
        FROM generate_series(1, ${users * ORDERS_PER_USER}) AS id;
      CREATE INDEX ON orders (user_id);
      ANALYZE;
    `);
    return new UsersDatabase(database);
  }

  private constructor(database: PGlite) {
    this.#database = database;
  }

  get queries(): number {
    return this.#queries;
  }

  /** Takes about a millisecond. */
  readonly find = async (id: number): Promise<UserWithOrders | undefined> => {
    this.#queries += 1;
    const { rows } = await this.#database.query<UserWithOrders>(
      `SELECT users.id, name, email, count(*)::int AS orders, sum(total)::float AS spent, max(placed_at)::text AS "lastOrder"
       FROM users JOIN orders ON user_id = users.id WHERE users.id = $1 GROUP BY users.id`,
      [id],
    );
    return rows[0];
  };

  close(): Promise<void> {
    return this.#database.close();
  }
}
