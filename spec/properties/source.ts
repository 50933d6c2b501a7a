import { Rows } from './rows.js';
import type { Content, Id, Row } from './step.js';

/** The very error with which a load fails, or a write. */
export const SOURCE_FAILED = new Error('the source failed');

/** The source that a program loads from, and writes to. It notes what is asked of it. */
export class Source {
  readonly rows = new Rows();
  readonly #loads: string[] = [];

  takeLoads(): readonly string[] {
    return this.#loads.splice(0).sort();
  }

  async find(id: Id): Promise<Row> {
    return this.#load('read', [id])[0];
  }

  /** In the order of the ids. */
  async findMany(ids: readonly Id[]): Promise<Row[]> {
    return this.#load('read many', ids);
  }

  async findMap(ids: readonly Id[]): Promise<Map<Id, Row>> {
    const rows = this.#load('read many', ids);
    const found = ids.map((id, index): [Id, Row] => [id, rows[index]]);
    return new Map(found.filter(([, row]) => row !== undefined));
  }

  async write(id: Id, content: Content, fails: boolean): Promise<Row> {
    if (fails) throw SOURCE_FAILED;
    return this.rows.write(id, content);
  }

  #load(what: string, ids: readonly Id[]): Row[] {
    this.#loads.push(`${what} ${ids.join()}`);
    if (this.rows.fails(ids)) throw SOURCE_FAILED;
    return ids.map((id) => this.rows.get(id));
  }
}
