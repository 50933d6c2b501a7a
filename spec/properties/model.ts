import { ModelScope, type Surroundings } from './model-scope.js';
import { ModelReads } from './model-reads.js';
import { entryFor, standingOf, type ModelEntry } from './model-entry.js';
import { Rows } from './rows.js';
import { FAILURE, tellMany, type Id, type Outcome, type Step, type Target, type Write } from './step.js';

/**
 * What the documentation says, as a plain program: which entries there are, what each step is answered, and what is loaded. It
 * knows no tickets, no locks, no tiers, and no other store than a `Map`; each step is over before the next one begins.
 */
export class Model {
  readonly #rows = new Rows();
  readonly #entries = new Map<Id, ModelEntry>();
  readonly #reads = new ModelReads(this.#rows, this.#entries);
  readonly #outcomes: Outcome[] = [];

  outcomesOf(program: readonly Step[]): readonly Outcome[] {
    this.#playAll(program, { mode: 'as ever', scope: undefined });
    return this.#outcomes;
  }

  #playAll(steps: readonly Step[], surroundings: Surroundings): void {
    for (const step of steps) {
      const answer = this.#play(step, surroundings);
      this.#outcomes.push({ step: step.does, answer, loads: this.#reads.takeLoads() });
    }
  }

  #play(step: Step, surroundings: Surroundings): unknown {
    switch (step.does) {
      case 'read': {
        const rows = this.#reads.read({ ids: [step.id], policy: step.policy }, surroundings);
        return rows === FAILURE ? rows : { row: rows.get(step.id) };
      }
      case 'read many': {
        const rows = this.#reads.read(step, surroundings);
        return rows === FAILURE ? rows : tellMany(step, rows);
      }
      case 'get':
        return { row: this.#get(step.id, surroundings) };
      case 'invalidate':
        return this.#invalidate(step.target, surroundings);
      case 'invalidate in parallel':
        return step.targets.map((target) => this.#invalidate(target, surroundings));
      case 'pass':
        this.#reads.now += step.seconds;
        return undefined;
      case 'break':
      case 'mend':
        this.#rows[step.does](step.id);
        return undefined;
      case 'defer':
        return this.#defer(step, surroundings);
      case 'bypass':
      case 'refresh':
        this.#playAll(step.steps, { ...surroundings, mode: step.does === 'bypass' ? 'bypassed' : 'refreshed' });
        return undefined;
      default:
        return this.#write(step, surroundings);
    }
  }

  #write(step: Write, surroundings: Surroundings): unknown {
    if ('fails' in step && step.fails) return FAILURE;
    const { id } = step;
    const row = this.#rows.write(id, step.content);
    const target = { ids: [id], tags: [] };
    switch (step.does) {
      case 'change':
        return undefined;
      case 'rename':
        this.#invalidate(target, surroundings);
        return { row };
      case 'update': {
        const mayFill = surroundings.scope === undefined && surroundings.mode !== 'bypassed';
        const entry = mayFill ? entryFor(id, row, step.policy, { now: this.#reads.now }) : undefined;
        if (entry === undefined) this.#invalidate(target, surroundings);
        else this.#entries.set(id, entry);
        return { row };
      }
      case 'set': {
        if (surroundings.scope !== undefined) return this.#invalidate(target, surroundings);
        const policy = { ...step.policy, ifError: 'never', stores: 'all' } as const;
        const entry = entryFor(id, row, policy, { now: this.#reads.now });
        if (entry !== undefined) this.#entries.set(id, entry);
        return 'applied';
      }
    }
  }

  #get(id: Id, { scope }: Surroundings): unknown {
    const entry = this.#entries.get(id);
    if (entry === undefined || scope?.covers(id, entry.tags) === true) return undefined;
    return ['fresh', 'stale'].includes(standingOf(entry, this.#reads.now)) ? entry.row : undefined;
  }

  #invalidate(target: Target, { scope }: Surroundings): string {
    if (scope !== undefined) {
      scope.add(target);
      return 'deferred';
    }
    const named = new ModelScope();
    named.add(target);
    this.#removeAll((id, tags) => named.covers(id, tags));
    return 'applied';
  }

  #removeAll(isMeant: (id: Id, tags: readonly string[]) => boolean): void {
    for (const [id, { tags }] of [...this.#entries]) if (isMeant(id, tags)) this.#entries.delete(id);
  }

  #defer({ steps, fails }: Extract<Step, { does: 'defer' }>, surroundings: Surroundings): string {
    if (surroundings.scope === undefined) this.#transact(steps, fails, surroundings);
    else this.#playAll(steps, surroundings);
    return fails ? FAILURE : 'done';
  }

  #transact(steps: readonly Step[], fails: boolean, surroundings: Surroundings): void {
    const rollBack = this.#rows.savepoint();
    const scope = new ModelScope();
    this.#playAll(steps, { ...surroundings, scope });
    if (fails) {
      rollBack();
      this.#dropWhatIsRolledBack(scope);
    } else {
      this.#removeAll((id, tags) => scope.covers(id, tags));
    }
  }

  /** As nobody knows whether an entry with a tag was loaded in the scope, all with a tag that was invalidated there go, if any was. */
  #dropWhatIsRolledBack(scope: ModelScope): void {
    if (scope.loaded.size === 0) return;
    this.#removeAll(
      (id, tags) => (scope.loaded.has(id) && scope.covers(id, [])) || tags.some((tag) => scope.tags.has(tag)),
    );
  }
}
