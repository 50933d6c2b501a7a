import { hasLastResort, windowsOf } from './lifetimes.js';
import { entryFor, fits, standingOf, type ModelEntry } from './model-entry.js';
import type { Surroundings } from './model-scope.js';
import type { Rows } from './rows.js';
import { FAILURE, type Id, type Policy, type ReadMany, type Row } from './step.js';
import { tagsBefore } from './tags.js';

/** What is read, by one call; a method for one row knows no batches. */
type Reading = Pick<ReadMany, 'ids' | 'policy'> & Partial<Omit<ReadMany, 'does'>> & { readonly does?: string };

/** How the call is answered for one row. */
type Plan =
  | { readonly kind: 'entry'; readonly row: Row; readonly refresh: boolean }
  /** `otherwise`: what is served where the load fails. `stored`: it is for the cache. */
  | { readonly kind: 'load'; readonly stored: boolean; readonly otherwise?: ModelEntry | undefined };

/** The part of the model that answers cached methods. */
export class ModelReads {
  /** In seconds. */
  now = 0;
  readonly #rows: Rows;
  readonly #entries: Map<Id, ModelEntry>;
  /** After a failure a source is spared for a while, which ends before time has passed by one step. */
  readonly #failedAt = new Map<Id, number>();
  #loads: string[] = [];

  constructor(rows: Rows, entries: Map<Id, ModelEntry>) {
    this.#rows = rows;
    this.#entries = entries;
  }

  takeLoads(): readonly string[] {
    return this.#loads.splice(0).sort();
  }

  /** The rows by id, or the failure that the call rejects with. */
  read(reading: Reading, surroundings: Surroundings): ReadonlyMap<Id, Row> | typeof FAILURE {
    const ids = [...new Set(reading.ids)];
    const plans = new Map(ids.map((id) => [id, this.#plan(id, reading.policy, surroundings)]));
    const waitedFor = ids.filter((id) => plans.get(id)?.kind === 'load');
    const refreshed = ids.filter((id) => {
      const plan = plans.get(id);
      return plan?.kind === 'entry' && plan.refresh;
    });
    const loaded = this.#load(waitedFor, reading);
    const answers = ids.map((id) => this.#answer(id, plans.get(id) as Plan, loaded, reading));
    const again = this.#load(refreshed, reading);
    for (const id of refreshed) this.#refresh(id, again, reading);
    return answers.includes(FAILURE) ? FAILURE : new Map(ids.map((id, index) => [id, answers[index] as Row]));
  }

  #plan(id: Id, policy: Policy, { mode, scope }: Surroundings): Plan {
    if (mode === 'bypassed') return { kind: 'load', stored: false };
    const mayHaveAnyTag = policy.tags === 'of value' || policy.tags === 'of both';
    const isWritten = scope?.covers(id, tagsBefore(policy, id)) === true;
    if (isWritten || (mayHaveAnyTag && scope !== undefined && scope.tags.size > 0))
      return { kind: 'load', stored: false };
    const entry = mode === 'refreshed' ? undefined : this.#usable(id, policy);
    if (entry !== undefined && scope?.covers(id, entry.tags) === true) return { kind: 'load', stored: false };
    const standing = entry === undefined ? 'gone' : standingOf(entry, this.now);
    if (standing !== 'fresh') scope?.loaded.add(id);
    return this.#planBy(standing, entry, id, policy);
  }

  #planBy(standing: string, entry: ModelEntry | undefined, id: Id, policy: Policy): Plan {
    const pauses = this.#failedAt.get(id) === this.now;
    if (entry === undefined) return { kind: 'load', stored: true };
    const { row } = entry;
    if (standing === 'fresh') return { kind: 'entry', row, refresh: false };
    if (standing === 'stale') return { kind: 'entry', row, refresh: !pauses };
    if (!hasLastResort(windowsOf(policy))) return { kind: 'load', stored: true };
    return pauses ? { kind: 'entry', row, refresh: false } : { kind: 'load', stored: true, otherwise: entry };
  }

  #usable(id: Id, policy: Policy): ModelEntry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || standingOf(entry, this.now) === 'gone' || !fits(entry, id, policy)) return undefined;
    return entry;
  }

  /** Calls the method for as many as it takes at once; tells of which rows it was asked in vain. */
  #load(ids: readonly Id[], { does: what = 'read', batchSize = 1 }: Reading): ReadonlyMap<Id, Row | typeof FAILURE> {
    const loaded = new Map<Id, Row | typeof FAILURE>();
    for (let from = 0; from < ids.length; from += batchSize) {
      const batch = ids.slice(from, from + batchSize);
      this.#loads.push(`${what} ${batch.join()}`);
      const fails = this.#rows.fails(batch);
      for (const id of batch) loaded.set(id, fails ? FAILURE : this.#rows.get(id));
    }
    return loaded;
  }

  #answer(id: Id, plan: Plan, loaded: ReadonlyMap<Id, Row | typeof FAILURE>, reading: Reading): Row | typeof FAILURE {
    if (plan.kind === 'entry') return plan.row;
    const row = loaded.get(id);
    if (!plan.stored) return row;
    if (row === FAILURE) {
      if (hasLastResort(windowsOf(reading.policy))) this.#failedAt.set(id, this.now);
      return plan.otherwise === undefined ? FAILURE : plan.otherwise.row;
    }
    this.#failedAt.delete(id);
    this.#store(id, row, reading);
    return row;
  }

  /** A refresh that leaves the entry as it is counts as one that has failed. */
  #refresh(id: Id, loaded: ReadonlyMap<Id, Row | typeof FAILURE>, reading: Reading): void {
    const row = loaded.get(id);
    if (row !== FAILURE && this.#store(id, row, reading)) this.#failedAt.delete(id);
    else this.#failedAt.set(id, this.now);
  }

  #store(id: Id, row: Row, { policy, storeAbsent = true }: Reading): boolean {
    const entry = entryFor(id, row, policy, { now: this.now, storeAbsent });
    if (entry !== undefined) this.#entries.set(id, entry);
    return entry !== undefined;
  }
}
