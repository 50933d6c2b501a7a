import type { Results } from '@electric-sql/pglite';

import type { Peer } from '../../spec/support/peer.js';
import type { Database } from '../users-service/database.js';
import type { DatabaseCalls } from './instance-protocol.js';

/** The database of the main process, as an instance sees it. */
export class RemoteDatabase implements Database {
  readonly #main: Peer<DatabaseCalls>;

  constructor(main: Peer<DatabaseCalls>) {
    this.#main = main;
  }

  query<T>(sql: string, parameters?: unknown[]): Promise<Results<T>> {
    return this.#main.ask('query', sql, parameters) as Promise<Results<T>>;
  }

  /** It stays open for the other instances. */
  async close(): Promise<void> {
    // The main process closes it, when all of them have ended.
  }
}
