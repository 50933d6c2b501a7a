import { openDatabase, type Database } from '../users-service/database.js';
import type { DatabaseCalls } from './instance-protocol.js';

/** One database for all instances, in the main process; they reach it by `calls`. See `remote-database.ts`. */
export class SharedDatabase {
  readonly calls: DatabaseCalls;
  readonly #database: Database;

  static async open(): Promise<SharedDatabase> {
    return new SharedDatabase(await openDatabase());
  }

  private constructor(database: Database) {
    this.#database = database;
    this.calls = { query: (sql, parameters) => database.query(sql, parameters) };
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
