import { whenThere } from '../awaitable.js';
import { CacheError } from '../errors.js';
import type { Invalidated } from '../invalidation/invalidation-bus.js';
import { TIMED_OUT, within } from '../time/timers.js';
import { callDirectly } from './call-directly.js';
import type { LoadReport } from './explanation.js';
import type { LoadJob } from './load-job.js';
import { LoadSlots } from './load-slots.js';
import { loadThrough, type LoadContext, type LoadOutcome } from './load.js';
import { isWithinAnyLoad } from './loading-scope.js';
import { DEFAULT_WAIT } from './policy.js';
import { RefreshBackoff } from './refresh-backoff.js';
import { SingleFlight, type FillOutcome, type Flight, type Loaded } from './single-flight.js';
import { FAILED, isUsable } from './store-access.js';

/** How a flight ended: as its fill did, or without one. */
type FlightEnd = FillOutcome | 'held' | 'failed';

/** The loads of one cache: at most one of a key that callers wait for, and one in the background. */
export class Loads {
  readonly #context: LoadContext;
  readonly #foreground: SingleFlight<LoadOutcome>;
  /** Apart from the foreground: a miss must not join a refresh that was refused the lock. */
  readonly #refreshes: SingleFlight<LoadOutcome>;
  readonly #backoff = new RefreshBackoff();

  /** `atMost`: how many may run at once. */
  constructor(context: Omit<LoadContext, 'slots'>, atMost: number | undefined) {
    const giveUpOverdue = () => {
      this.#giveUpOverdue();
    };
    const slots = atMost === undefined ? undefined : new LoadSlots(atMost, context.maxLoad, giveUpOverdue);
    this.#context = { ...context, slots };
    this.#foreground = new SingleFlight(context.maxLoad);
    this.#refreshes = new SingleFlight(context.maxLoad);
  }

  /** How many run, and wait for their turn. */
  get count(): { readonly running: number; readonly waiting: number } {
    const running = this.#foreground.running + this.#refreshes.running;
    return { running, waiting: this.#context.slots?.waiting ?? 0 };
  }

  /** The value for a caller who found nothing usable: of the load in flight, or of a new one. */
  miss(job: LoadJob): Promise<unknown> {
    this.#context.events.tell('miss', job.key);
    const { loadTimeout } = job.policy;
    const answer = this.#joinOrLead(job, true);
    return loadTimeout === undefined ? answer : inTime(answer, loadTimeout, job);
  }

  /** Has the last load of this key failed, so lately that the next one is not to be tried yet? */
  pauses(key: string): boolean {
    return this.#backoff.pauses(key);
  }

  /** For how long, in milliseconds, is no refresh to be begun? */
  pauseOf(key: string): number {
    return this.#backoff.pauseOf(key);
  }

  /** The loads of this key that a call might join. */
  underWay(key: string): LoadReport[] {
    const flights = [this.#foreground.current(key), this.#refreshes.current(key)];
    return flights.flatMap((flight, index) =>
      flight === undefined
        ? []
        : [{ background: index === 1, loadingFor: Math.round(flight.loadTook), joined: flight.joined }],
    );
  }

  /** Refreshes a stale entry in the background, unless that is under way here or elsewhere, or has just failed. */
  refresh(job: LoadJob): void {
    this.#refreshing(job);
  }

  /** {@link refresh}, whose value is waited for at most `patience` milliseconds. */
  async refreshWithin(job: LoadJob, patience: number): Promise<{ readonly value: unknown } | undefined> {
    const current = this.#refreshes.current(job.key.text);
    const flight = this.#refreshing(job);
    if (flight === undefined) return undefined;
    flight.joined += 1;
    const answer = current === undefined ? flight.outcome : stillNew(current, job);
    const outcome = await within(answer, patience, 'keeps the process alive').catch(() => TIMED_OUT);
    return typeof outcome === 'object' ? { value: outcome.copy() } : undefined;
  }

  #refreshing(job: LoadJob): Flight<LoadOutcome> | undefined {
    const { text } = job.key;
    const current = this.#refreshes.current(text);
    if (current !== undefined || this.#backoff.pauses(text)) return current;
    return this.#begin(this.#refreshes, job, (end) => {
      this.#noteRefresh(text, end);
    });
  }

  /** From now on nobody joins the loads that this means, and they fill nothing. */
  detach(what: Invalidated): void {
    for (const flights of [this.#foreground, this.#refreshes]) {
      if (what === 'all') flights.detachAll();
      else {
        for (const key of what.keys) flights.detach(key);
        if (what.tags.length > 0) flights.detachTags(what.tags);
      }
    }
  }

  /** Waits for all that is under way, at most `timeout` milliseconds; resolves to how much is left. */
  async drain(timeout: number): Promise<number> {
    const flights = [...this.#foreground.underWay, ...this.#refreshes.underWay];
    await within(Promise.all(flights.map(landing)), timeout, 'keeps the process alive');
    return this.#foreground.underWay.size + this.#refreshes.underWay.size;
  }

  #joinOrLead(job: LoadJob, mayStartOver: boolean): Promise<unknown> {
    const current = this.#foreground.current(job.key.text);
    const mayJoin = current !== undefined && (job.mode !== 'anew' || current.anew);
    return mayJoin ? this.#join(current, job, mayStartOver) : this.#lead(job);
  }

  async #join(current: Flight<LoadOutcome>, job: LoadJob, mayStartOver: boolean): Promise<unknown> {
    current.joined += 1;
    const { filling } = current;
    // Who starts over has been counted.
    if (mayStartOver) {
      this.#context.events.tell('coalesced', job.key);
      this.#context.statistics.joins(job.key);
    }
    const loaded = await this.#awaitHere(job, current);
    if (loaded === TIMED_OUT) return callDirectly(job.loader);
    // The load may have begun, or the entry been found, before an invalidation that was applied, elsewhere, before this
    // call began.
    const filled = mayStartOver ? await loaded.filled : 'unfilled';
    const mayBeOld = filled === 'refused' || filled === 'found' || (filled === 'filled' && filling);
    return mayBeOld || (mayStartOver && mayLackTags(current, job)) ? this.#startOver(job) : loaded.copy();
  }

  #awaitHere(job: LoadJob, flight: Flight<LoadOutcome>): Promise<Loaded | typeof TIMED_OUT> {
    const { tracing } = this.#context;
    if (tracing === undefined) return this.#landedFor(job, flight);
    const about = { key: job.key.text, pattern: job.key.pattern, loads: [flight] };
    return tracing.trace({ kind: 'wait', waitsFor: 'load here', ...about }, () => this.#landedFor(job, flight));
  }

  /**
   * A load that joins another may be what the other waits for, by a detour. So it waits no longer than for another process,
   * and then goes on by itself.
   */
  #landedFor({ policy }: LoadJob, flight: Flight<LoadOutcome>): Promise<Loaded | typeof TIMED_OUT> {
    if (isWithinAnyLoad()) flight.turn?.hurry();
    const wait = policy.lock?.wait ?? DEFAULT_WAIT;
    const landed = flight.outcome.then(loadedOf);
    return isWithinAnyLoad(this.#context.owner) ? within(landed, wait) : landed;
  }

  /** Looks once more, and only then loads; without the store where that fails, or must not be asked. */
  async #startOver(job: LoadJob): Promise<unknown> {
    if (job.mode === 'anew') return this.#joinOrLead(job, false);
    const entry = await this.#context.store.readWithCare(job.key, job.wanted);
    if (entry === FAILED) return this.#joinOrLead({ ...job, mode: 'bypass' }, false);
    return isUsable(entry) ? entry.value : this.#joinOrLead(job, false);
  }

  #lead(job: LoadJob): Promise<unknown> {
    const { text } = job.key;
    this.#context.statistics.begins(job.key);
    const placed = this.#refreshes.current(text) === undefined ? job : { ...job, behindRefresh: true };
    const flight = this.#begin(this.#foreground, placed, (end) => {
      if (end !== 'failed') this.#backoff.succeeded(text);
      else if (job.policy.hasLastResort) this.#backoff.failed(text);
    });
    return flight.outcome.then(valueOf);
  }

  #begin(flights: SingleFlight<LoadOutcome>, job: LoadJob, note: (end: FlightEnd) => void): Flight<LoadOutcome> {
    this.#giveUpOverdue();
    const tags = job.policy.tagsFromValue ? undefined : job.wanted.tags;
    const flight = flights.begin(job.key.text, { tags, anew: job.mode === 'anew' }, (own) =>
      this.#takeOff(job, own, note),
    );
    job.gathered?.began(job.key, flight, job.mode);
    flight.outcome.catch((error: unknown) => {
      this.#tellFailure(error, job);
    });
    return flight;
  }

  #giveUpOverdue(): void {
    this.#foreground.giveUpOverdue();
    this.#refreshes.giveUpOverdue();
  }

  #takeOff(job: LoadJob, flight: Flight<LoadOutcome>, note: (end: FlightEnd) => void): Promise<LoadOutcome> {
    const { tracing } = this.#context;
    if (tracing === undefined || job.mode !== 'background') return this.#fly(job, flight, note);
    const about = { key: job.key.text, pattern: job.key.pattern, background: true };
    return tracing.trace({ kind: 'refresh', ...about }, () => this.#fly(job, flight, note));
  }

  /** A flight is noted and lands before those who wait for it go on, so that no later call joins it; or with its fill. */
  async #fly(job: LoadJob, flight: Flight<LoadOutcome>, note: (end: FlightEnd) => void): Promise<LoadOutcome> {
    const land = (end: FlightEnd): void => {
      if (!flight.givenUp) note(end);
      if (end === 'found') this.#context.statistics.filledElsewhere(job.key);
      flight.land();
      // Whatever has ended its ticket, what was filled then may be older.
      if (end === 'refused' && job.mode === 'anew') this.#context.invalidate(job.key);
    };
    try {
      const outcome = await loadThrough(this.#context, job, flight);
      void whenThere<FlightEnd, void>(outcome === 'held' ? outcome : outcome.filled, land);
      return outcome;
    } catch (error) {
      land('failed');
      throw error;
    }
  }

  /** A refresh that leaves the stale entry as it is would otherwise be started again by the very next call. */
  #noteRefresh(text: string, end: FlightEnd): void {
    switch (end) {
      case 'failed':
      case 'unfilled':
        this.#backoff.failed(text);
        return;
      case 'held':
        this.#backoff.heldElsewhere(text);
        return;
      default:
        this.#backoff.succeeded(text);
    }
  }

  #tellFailure(error: unknown, { key, mode }: LoadJob): void {
    const about = { key: key.text, pattern: key.pattern };
    this.#context.events.emit('load-failed', { ...about, error, background: mode === 'background' });
  }
}

/** The load goes on, and may still fill. */
async function inTime(answer: Promise<unknown>, milliseconds: number, { key }: LoadJob): Promise<unknown> {
  const value = await within(answer, milliseconds, 'keeps the process alive');
  if (value !== TIMED_OUT) return value;
  const message = `Expected \`${key.pattern}\` to be loaded within its \`loadTimeout\` of ${milliseconds} ms`;
  throw new CacheError('ERR_CACHE_LOAD_TIMEOUT', message);
}

/** Is there a tag that the entry of `job` would have, and that of `flight` will not? Its invalidation has not detached the flight. */
function mayLackTags({ tags }: Flight<LoadOutcome>, { policy, wanted }: LoadJob): boolean {
  return tags !== undefined && (policy.tagsFromValue || !wanted.tags.every((tag) => tags.includes(tag)));
}

/** What a refresh that had begun before yields, unless it may be from before an invalidation that was applied elsewhere. */
async function stillNew(flight: Flight<LoadOutcome>, job: LoadJob): Promise<LoadOutcome | undefined> {
  const { filling } = flight;
  const outcome = await flight.outcome;
  if (outcome === 'held' || filling || mayLackTags(flight, job)) return undefined;
  const filled = await outcome.filled;
  return filled === 'refused' || filled === 'found' ? undefined : outcome;
}

/** A foreground load is never `held`: it waits or loads. */
function loadedOf(outcome: LoadOutcome): Loaded {
  if (outcome === 'held') throw new Error('unreachable: a foreground load was held');
  return outcome;
}

function valueOf(outcome: LoadOutcome): unknown {
  return loadedOf(outcome).value;
}

/** Settled when it has landed, or failed; never rejects. */
async function landing({ outcome }: Flight<LoadOutcome>): Promise<void> {
  const loaded = await outcome.catch(() => undefined);
  if (typeof loaded === 'object') await loaded.filled;
}
