/** The few members of redlock 5.0.0-beta.2 that are called here; its own types are not reachable through its `exports`. */
declare module 'redlock' {
  export interface Lock {
    /** Random; the same after an extension. */
    readonly value: string;
    release(): Promise<unknown>;
    extend(milliseconds: number): Promise<Lock>;
  }

  export default class Redlock {
    constructor(clients: Iterable<unknown>, settings: { readonly retryCount: number });
    acquire(resources: readonly string[], milliseconds: number): Promise<Lock>;
  }
}
