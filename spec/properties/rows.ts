import { IDS, type Content, type Id, type Row } from './step.js';

/** The rows of a source. */
export class Rows {
  #rows = new Map<Id, Row>(IDS.map((id) => [id, { id, version: 0, group: 'x' }]));
  readonly #broken = new Set<Id>();
  #version = 0;

  get(id: Id): Row {
    return this.#rows.get(id);
  }

  write(id: Id, content: Content): Row {
    this.#version += 1;
    const row: Row = content === 'x' || content === 'y' ? { id, version: this.#version, group: content } : content;
    this.#rows.set(id, row);
    return row;
  }

  /** What is to be called to have it as it is now. */
  savepoint(): () => void {
    const saved = new Map(this.#rows);
    return () => {
      this.#rows = saved;
    };
  }

  break(id: Id): void {
    this.#broken.add(id);
  }

  mend(id: Id): void {
    this.#broken.delete(id);
  }

  fails(ids: readonly Id[]): boolean {
    return ids.some((id) => this.#broken.has(id));
  }
}
