import type { Results } from '@electric-sql/pglite';

export interface InstanceOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Where the nodes of the Redis Cluster are. */
  readonly redis: readonly { readonly host: string; readonly port: number }[];
}

/** What an instance does when the main process asks. */
export interface InstanceCalls {
  /** Resolves to the port on which it listens. */
  start(options: InstanceOptions): Promise<number>;
  stop(): Promise<void>;
}

/** What the main process, which has the database, answers. */
export interface DatabaseCalls {
  query(sql: string, parameters: unknown[] | undefined): Promise<Results<unknown>>;
}
