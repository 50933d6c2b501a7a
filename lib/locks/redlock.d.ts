/** The few members of redlock 5.0.0-beta.2 that are called here; its own types are not reachable through its `exports`. */
declare module 'redlock' {
  interface Attempt {
    readonly quorumSize: number;
    readonly votesAgainst: ReadonlyMap<unknown, Error>;
  }

  export class ResourceLockedError extends Error {}

  export class ExecutionError extends Error {
    readonly attempts: readonly Promise<Attempt>[];
  }

  export interface Lock {
    release(): Promise<unknown>;
    extend(milliseconds: number): Promise<Lock>;
  }

  export default class Redlock {
    constructor(clients: Iterable<unknown>, settings: { readonly retryCount: number });
    acquire(resources: readonly string[], milliseconds: number): Promise<Lock>;
  }
}
