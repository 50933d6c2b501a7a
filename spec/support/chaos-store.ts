import {
  MemoryStore,
  type AbandonResult,
  type Entry,
  type Expected,
  type FillResult,
  type FillTerms,
  type SealedValue,
  type Tagging,
} from 'freshkeep';

export type ChaosOperation = 'read' | 'open' | 'fill' | 'update' | 'abandon' | 'set' | 'invalidate' | 'clear';

/** A memory store that answers later, and fails or hangs where the spec says so. */
export class ChaosStore {
  readonly calls: ChaosOperation[] = [];
  readonly #inner = new MemoryStore();
  readonly #faults = new Map<ChaosOperation, () => Promise<void>>();

  get lock(): MemoryStore['lock'] {
    return this.#inner.lock;
  }

  /** From now on `operation` waits for `fault` first, and rejects when it does. */
  disturb(operation: ChaosOperation, fault: () => Promise<void>): void {
    this.#faults.set(operation, fault);
  }

  fail(...operations: ChaosOperation[]): void {
    for (const operation of operations) this.disturb(operation, () => Promise.reject(new Error(`no ${operation}`)));
  }

  calm(): void {
    this.#faults.clear();
  }

  read(key: string, expected?: Expected): Promise<Entry | undefined> {
    return this.#run('read', () => this.#inner.read(key, expected));
  }

  open(key: string, ticket: string, maxLoad: number, tagging?: Tagging): Promise<Entry | undefined> {
    return this.#run('open', () => this.#inner.open(key, ticket, maxLoad, tagging));
  }

  fill(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    return this.#run('fill', () => this.#inner.fill(key, ticket, value, terms));
  }

  update(key: string, ticket: string, value: SealedValue, terms: FillTerms): Promise<FillResult> {
    return this.#run('update', () => this.#inner.update(key, ticket, value, terms));
  }

  abandon(key: string, ticket: string): Promise<AbandonResult> {
    return this.#run('abandon', () => this.#inner.abandon(key, ticket));
  }

  set(key: string, value: SealedValue, terms: FillTerms): Promise<void> {
    return this.#run('set', () => {
      this.#inner.set(key, value, terms);
    });
  }

  invalidate(keys: readonly string[], tags?: readonly string[]): Promise<void> {
    return this.#run('invalidate', () => {
      this.#inner.invalidate(keys, tags);
    });
  }

  clear(): Promise<void> {
    return this.#run('clear', () => {
      this.#inner.clear();
    });
  }

  seal(value: unknown): SealedValue {
    return this.#inner.seal(value);
  }

  async #run<T>(operation: ChaosOperation, action: () => T): Promise<T> {
    this.calls.push(operation);
    await this.#faults.get(operation)?.();
    return action();
  }
}
