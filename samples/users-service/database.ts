import { PGlite } from '@electric-sql/pglite';

/** The part of PostgreSQL that this service uses. */
export type Database = Pick<PGlite, 'query' | 'close'>;

const SCHEMA = `
  CREATE TABLE users (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL
  );
  INSERT INTO users (id, name, email) VALUES
    (1, 'Ada Lovelace', 'ada@example.org'),
    (2, 'Alan Turing', 'alan@example.org'),
    (3, 'Grace Hopper', 'grace@example.org'),
    (4, 'Edsger Dijkstra', 'edsger@example.org'),
    (5, 'Barbara Liskov', 'barbara@example.org');
  INSERT INTO users (id, name, email)
    SELECT id, 'User ' || id, 'user' || id || '@example.org' FROM generate_series(6, 60) AS id;
`;

/** A PostgreSQL inside this process, in memory, with a few users in it. */
export async function openDatabase(): Promise<PGlite> {
  const database = await PGlite.create();
  await database.exec(SCHEMA);
  return database;
}
