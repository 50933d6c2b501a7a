import type { Turn } from '../support/taking-turns.js';
import { SOURCE_FAILED } from './source.js';
import type { RaceId } from './race-steps.js';

/** What a transaction has written; of other rows it reads what is committed. */
export class RaceTransaction {
  readonly rows = new Map<RaceId, number>();
  /** Of which rows it has told that they are written. */
  readonly told = new Set<RaceId>();
  readonly versions: number[] = [];
  /** From then on it answers nothing, as a connection that was given back: a call may be left over from it. */
  isOver = false;
}

/**
 * A source that takes two turns for each query, between which it answers. Each write makes a version of its own. Where a
 * transaction that is not over has written a row, writes of others fail.
 */
export class RaceSource {
  readonly #committed = new Map<RaceId, number>();
  readonly #writers = new Map<RaceId, RaceTransaction>();
  readonly #turn: Turn;
  #version = 0;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  async query(ids: readonly RaceId[], fails: boolean, transaction?: RaceTransaction): Promise<number[]> {
    await this.#turn('query sent');
    if (transaction?.isOver === true) throw SOURCE_FAILED;
    const rows = ids.map((id) => transaction?.rows.get(id) ?? this.#committed.get(id) ?? 0);
    await this.#turn('query answered');
    if (fails) throw SOURCE_FAILED;
    return rows;
  }

  async write(id: RaceId, fails: boolean, transaction?: RaceTransaction): Promise<number> {
    await this.#turn('write sent');
    const writer = this.#writers.get(id) ?? transaction;
    if (fails || transaction?.isOver === true || writer !== transaction) throw SOURCE_FAILED;
    const version = (this.#version += 1);
    if (transaction === undefined) this.#committed.set(id, version);
    else {
      this.#writers.set(id, transaction);
      transaction.rows.set(id, version);
      transaction.versions.push(version);
    }
    await this.#turn('write answered');
    return version;
  }

  end(transaction: RaceTransaction, how: 'committed' | 'rolled back'): void {
    transaction.isOver = true;
    for (const [id, version] of transaction.rows) {
      this.#writers.delete(id);
      if (how === 'committed') this.#committed.set(id, version);
    }
  }
}
