import { isPromise, whenThere, type Awaitable } from '../awaitable.js';
import { isRefreshed, type EarlyTerms } from '../entry/early.js';
import { freshnessOf, type Entry } from '../entry/entry.js';
import type { Lease, RefreshLock } from '../locks/refresh-lock.js';
import { now } from '../time/clock.js';
import { sleep } from '../time/timers.js';
import type { CallStatistics } from './call-statistics.js';
import type { Events, LockFailure } from './events.js';
import type { GuardedTracing } from './guarded-tracing.js';
import type { LoadJob } from './load-job.js';
import type { LoadSlots, Turn } from './load-slots.js';
import { isWithinAnyLoad } from './loading-scope.js';
import type { Flight } from './single-flight.js';
import { FAILED, type Failed, type StoreAccess } from './store-access.js';
import { newTicket } from './ticket.js';

/**
 * Who loads? `found`: nobody here, another process has filled the entry meanwhile. `load`: this process, with a ticket
 * unless the store failed, and with a lease unless there is no lock to be had. `held`: another process is refreshing.
 */
export type Election =
  | { readonly kind: 'found'; readonly entry: Entry }
  | {
      readonly kind: 'load';
      readonly ticket: string | undefined;
      readonly lease: Lease | undefined;
      readonly turn: Turn | undefined;
    }
  | { readonly kind: 'held' };

export interface ElectionContext {
  readonly store: StoreAccess;
  readonly lock: RefreshLock | undefined;
  /** Absent where any number of loads may run at once. */
  readonly slots: LoadSlots | undefined;
  readonly events: Events;
  readonly statistics: CallStatistics;
  /** The longest load allowed, in milliseconds: how long a ticket lasts, and a lease is renewed. */
  readonly maxLoad: number;
  readonly tracing: GuardedTracing | undefined;
}

type LockAnswer = Lease | 'held' | 'no lock';

/**
 * THE LOCK IS TAKEN HERE: lock and ticket in one round trip, with a second look at the entry. Before them comes the turn,
 * where loads have to wait for one: neither a ticket nor a lease lasts through such a wait.
 */
export async function elect(context: ElectionContext, job: LoadJob, flight: Flight<unknown>): Promise<Election> {
  const turn = takeTurn(context, job, flight);
  const waiting = turn?.begun();
  if (waiting !== undefined) await untilTurn(context, job, waiting);
  if (job.mode === 'bypass') return { kind: 'load', ticket: openAlone(context, job), lease: undefined, turn };
  const asked = { lock: acquire(context, job), opened: open(context, job) };
  const { lock, opened } = areAnswered(asked) ? asked : { lock: await asked.lock, opened: await asked.opened };
  if (opened.kind === 'found') return settleFound(context, job, opened, lock, turn);
  const isEarly = lock !== 'held' && job.early !== undefined;
  const refreshed = isEarly ? await refreshedMeanwhile(context, job, job.early) : undefined;
  if (refreshed !== undefined) return settleFound(context, job, { ...opened, entry: refreshed }, lock, turn);
  if (lock !== 'held' || opened.ticket === undefined)
    return { kind: 'load', ticket: opened.ticket, lease: leaseOf(lock), turn };
  turn?.end();
  abandonLater(context, job, opened.ticket);
  return job.mode === 'background' ? { kind: 'held' } : awaitFill(context, job, flight);
}

interface Answers {
  readonly lock: LockAnswer;
  readonly opened: Opened;
}

/** In one process, with a store in memory, nothing is waited for. */
function areAnswered(asked: { readonly [Q in keyof Answers]: Awaitable<Answers[Q]> }): asked is Answers {
  return !isPromise(asked.lock) && !isPromise(asked.opened);
}

/** A refresh ahead of time is needed by one process alone: who has the lock looks whether another one has had it. */
async function refreshedMeanwhile(
  { store }: ElectionContext,
  job: LoadJob,
  early: EarlyTerms,
): Promise<Entry | undefined> {
  const entry = await store.readWithCare(job.key, job.wanted);
  if (entry === undefined || entry === FAILED || entry.early === undefined) return undefined;
  return isRefreshed(entry.early, early) ? entry : undefined;
}

/** A load that is part of another one runs in that one's: if each waited for a turn of its own, both might wait for ever. */
function takeTurn({ slots }: ElectionContext, job: LoadJob, flight: Flight<unknown>): Turn | undefined {
  if (slots === undefined || isWithinAnyLoad()) return undefined;
  flight.turn = job.gathered?.turn(slots, job.mode) ?? slots.take();
  return flight.turn;
}

function untilTurn({ tracing }: ElectionContext, { key, mode }: LoadJob, waiting: Promise<void>): Promise<void> {
  if (tracing === undefined) return waiting;
  const about = { key: key.text, pattern: key.pattern, background: mode === 'background' };
  return tracing.trace({ kind: 'wait', waitsFor: 'turn', ...about }, () => waiting);
}

/** What a wait for another process has come to. */
interface Waited {
  readonly lock: LockAnswer;
  /** The fill that was waited for. */
  readonly filled?: Entry;
  readonly storeAnswers: boolean;
}

/** Waits for the process that holds the lock: for its fill, or until it is for this one to load. */
async function awaitFill(context: ElectionContext, job: LoadJob, flight: Flight<unknown>): Promise<Election> {
  const { key } = job;
  const { tracing } = context;
  const about = { key: key.text, pattern: key.pattern };
  context.events.emit('wait', about);
  // Without the refresh of this process that it waits for, it would load.
  if (job.behindRefresh !== true) context.statistics.waits(key);
  job.gathered?.decide();
  const { lock, filled, storeAnswers } = await (tracing === undefined
    ? untilFilled(context, job)
    : tracing.trace({ kind: 'wait', waitsFor: 'load elsewhere', ...about }, () => untilFilled(context, job)));
  if (filled !== undefined) return settleFound(context, job, { entry: filled }, lock);
  return beginWith(context, job, flight, lock, storeAnswers);
}

/**
 * At most for `lock.wait`. Every look also asks for the lock: when the holder is done without a fill, or dead, a waiter takes over.
 * Looking alone suffices; no message is relied on.
 */
async function untilFilled(context: ElectionContext, job: LoadJob): Promise<Waited> {
  const { key, policy, wanted } = job;
  const startedAt = now();
  const wait = policy.lock?.wait ?? 0;
  for (let elapsed = 0; elapsed < wait; elapsed = now() - startedAt) {
    await sleep(Math.min(pauseAfter(elapsed), wait - elapsed), 'keeps the process alive');
    const [lock, entry] = await Promise.all([acquire(context, job), context.store.readWithCare(key, wanted)]);
    if (entry === FAILED) return { lock, storeAnswers: false };
    if (entry !== undefined && suffices(entry, job)) return { lock, filled: entry, storeAnswers: true };
    if (lock !== 'held') return { lock, storeAnswers: true };
  }
  return { lock: 'no lock', storeAnswers: true };
}

/** A tenth of the time waited so far, from 10 to 250 ms, shortened by up to half: late by little, and out of step. */
function pauseAfter(elapsed: number): number {
  return Math.min(Math.max(elapsed / 10, 10), 250) * (1 - Math.random() / 2);
}

/** A ticket is opened only now, right before the load: one from before the wait could not tell what happened in it. */
async function beginWith(
  context: ElectionContext,
  job: LoadJob,
  flight: Flight<unknown>,
  lock: LockAnswer,
  storeAnswers: boolean,
): Promise<Election> {
  const turn = takeTurn(context, job, flight);
  const waiting = turn?.begun();
  if (waiting !== undefined) await untilTurn(context, job, waiting);
  if (!storeAnswers) return { kind: 'load', ticket: undefined, lease: leaseOf(lock), turn };
  const opened = await open(context, job);
  if (opened.kind === 'found') return settleFound(context, job, opened, lock, turn);
  return { kind: 'load', ticket: opened.ticket, lease: leaseOf(lock), turn };
}

function settleFound(
  context: ElectionContext,
  job: LoadJob,
  found: { readonly entry: Entry; readonly ticket?: string | undefined },
  lock: LockAnswer,
  turn?: Turn,
): Election {
  if (found.ticket !== undefined) abandonLater(context, job, found.ticket);
  void leaseOf(lock)?.release();
  turn?.end();
  return { kind: 'found', entry: found.entry };
}

type Opened =
  | { readonly kind: 'found'; readonly entry: Entry; readonly ticket: string }
  | { readonly kind: 'load'; readonly ticket: string | undefined };

/** One ticket per fill: with one per process, a fill could use the ticket of another around an invalidation. */
function open({ store, maxLoad }: ElectionContext, job: LoadJob): Awaitable<Opened> {
  const ticket = newTicket();
  const found = store.open(job.key, ticket, maxLoad, job.wanted);
  return whenThere(found, (entry) => openedWith(entry, ticket, job));
}

function openedWith(entry: Entry | undefined | Failed, ticket: string, job: LoadJob): Opened {
  if (entry === FAILED) return { kind: 'load', ticket: undefined };
  return entry !== undefined && suffices(entry, job) ? { kind: 'found', entry, ticket } : { kind: 'load', ticket };
}

/** Where the store did not answer, or must not be asked. */
function openAlone({ store, maxLoad }: ElectionContext, { key, wanted }: LoadJob): string | undefined {
  const ticket = newTicket();
  return store.openAlone(key.text, ticket, maxLoad, wanted) ? ticket : undefined;
}

/** A caller who waits takes any usable entry; a refresh is needed until there is a fresh one. */
function suffices(entry: Entry, job: LoadJob): boolean {
  if (job.mode === 'anew' || job.early !== undefined) return false;
  const freshness = freshnessOf(entry, now());
  return freshness === 'fresh' || (freshness === 'stale' && job.mode === 'foreground');
}

function acquire(context: ElectionContext, { key, policy, mode }: LoadJob): Awaitable<LockAnswer> {
  if (context.lock === undefined || policy.lock === undefined || mode === 'anew') return 'no lock';
  const tell = (error: unknown, reason: LockFailure) => {
    context.events.emit('lock-failed', { key: key.text, pattern: key.pattern, error, reason });
  };
  const onLost = (error: unknown) => {
    tell(error, 'lease ended');
  };
  const failed = (error: unknown): LockAnswer => {
    tell(error, 'no answer');
    return 'no lock';
  };
  try {
    const terms = { lease: policy.lock.lease, atMost: context.maxLoad, onLost };
    const lease = context.lock.acquire(key.text, terms);
    return isPromise(lease) ? lease.then(orHeld, failed) : orHeld(lease);
  } catch (error) {
    return failed(error);
  }
}

function orHeld(lease: Lease | undefined): LockAnswer {
  return lease ?? 'held';
}

function leaseOf(lock: LockAnswer): Lease | undefined {
  return typeof lock === 'object' ? lock : undefined;
}

function abandonLater({ store }: ElectionContext, job: LoadJob, ticket: string): void {
  void store.abandon(job.key, ticket);
}
