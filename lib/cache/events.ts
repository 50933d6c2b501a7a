import { isPromise } from '../awaitable.js';
import type { Lifetime } from '../entry/entry.js';
import { checkFunction, describeThrown } from '../errors.js';
import type { BusGap, Invalidated, InvalidatedNames } from '../invalidation/invalidation-bus.js';
import type { CacheKey } from '../keys/cache-key.js';
import { checkName, type NamesOf } from '../known-names.js';
import type { BreakerState } from '../stores/store.js';
import { channelsFor } from './event-channels.js';

/** What every event tells: which key, and its pattern. No event carries a value. */
export interface KeyEvent {
  readonly key: string;
  readonly pattern: string;
}

/** Something went wrong on the way; `error` is the original object. */
export interface FailureEvent {
  readonly error: unknown;
}

/** What an invalidation is about: every key where `keys` says `'all'`. */
export interface InvalidationEvent {
  readonly keys: readonly string[] | 'all';
  readonly tags: readonly string[];
}

/** A closed list of what can happen, with what is told of it. */
export interface CacheEvents {
  /** A fresh entry was served. */
  hit: KeyEvent;
  /** A stale entry was served. */
  'stale-hit': KeyEvent;
  /** A load failed, or has failed lately, and an expired entry was served in its place (`staleIfError`). */
  'stale-if-error': KeyEvent;
  /** Nothing usable was found. */
  miss: KeyEvent;
  /** A call joined a load in flight in this process. */
  coalesced: KeyEvent;
  /** A call found the refresh lock held and waits for the other's fill. */
  wait: KeyEvent;
  /** The method is called to load a value; `background` when no caller waits for it. */
  load: KeyEvent & { readonly background: boolean };
  /** The load rejected or threw. */
  'load-failed': KeyEvent & FailureEvent & { readonly background: boolean };
  /** A value was stored; lifetimes in milliseconds. */
  fill: KeyEvent & Omit<Lifetime, 'early'>;
  /** A value was not stored: its key, or a tag, was invalidated, or the key filled by another meanwhile, its arguments were changed, or it took longer than `maxLoad`. */
  'fill-refused': KeyEvent;
  /** A value was not stored by choice (`storeIf`, a ttl of 0), because it cannot be kept, or for want of a ticket. */
  'fill-skipped': KeyEvent & { readonly reason: FillSkipReason };
  /** An invalidation was applied: the entry is gone, and loads in flight will not fill it. */
  invalidate: { readonly key: string };
  /** The same for every entry with this tag. */
  'invalidate-tag': { readonly tag: string };
  /** Another process has invalidated these; loads in flight here will not fill them. */
  'invalidated-elsewhere': InvalidationEvent;
  /** The copies of this process were dropped, as invalidations by others may have been missed. */
  'copies-dropped': { readonly reason: BusGap };
  /** All entries of the cache were removed. */
  clear: object;
  /** An invalidation could not be applied; it is queued, and what it is about is neither read nor filled until it is. */
  'invalidation-queued': FailureEvent & InvalidationEvent;
  /** Queued invalidations were applied. */
  'invalidation-replayed': InvalidationEvent;
  /** The store could not do `operation`; the call went on without it. */
  'store-failed': FailureEvent & { readonly operation: StoreOperation; readonly key?: string };
  /** The store stopped sending commands to a server that did not answer, or sends them again. */
  'breaker-changed': { readonly state: BreakerState; readonly server?: string };
  /** The refresh lock could not be asked, or its lease ended before the load did; the load went on. */
  'lock-failed': KeyEvent & FailureEvent & { readonly reason: LockFailure };
  /** A stored entry could not be read and counted as a miss. */
  'entry-unreadable': FailureEvent & { readonly key: string };
  /** A function given as an option threw, or returned what it must not; the value was served and not stored. */
  'option-failed': KeyEvent & FailureEvent & { readonly option: string };
}

/** What a channel of `node:diagnostics_channel` tells, `freshkeep:<name>`: an event, and the name of the cache that it is about. */
export type CacheChannelEvent<N extends CacheEventName> = CacheEvents[N] & { readonly cache: string };

export type FillSkipReason = 'not wanted' | 'option failed' | 'value unsupported' | 'no ticket';
export type LockFailure = 'no answer' | 'lease ended';
export type StoreOperation =
  'read' | 'open' | 'fill' | 'abandon' | 'set' | 'invalidate' | 'clear' | 'close' | 'copy' | 'bus';
export type CacheEventName = keyof CacheEvents;
/** What it returns is not used; a promise that rejects is told as a warning of the process. */
export type CacheListener<N extends CacheEventName> = (event: CacheEvents[N]) => unknown;

export const EVENT_NAMES: NamesOf<CacheEvents> = {
  hit: true,
  'stale-hit': true,
  'stale-if-error': true,
  miss: true,
  coalesced: true,
  wait: true,
  load: true,
  'load-failed': true,
  fill: true,
  'fill-refused': true,
  'fill-skipped': true,
  invalidate: true,
  'invalidate-tag': true,
  'invalidated-elsewhere': true,
  'copies-dropped': true,
  clear: true,
  'invalidation-queued': true,
  'invalidation-replayed': true,
  'store-failed': true,
  'breaker-changed': true,
  'lock-failed': true,
  'entry-unreadable': true,
  'option-failed': true,
};

const CHANNELS = channelsFor(EVENT_NAMES);

const EVERYTHING: InvalidationEvent = { keys: 'all', tags: [] };

export function toInvalidationEvent(what: Invalidated): InvalidationEvent {
  return what === 'all' ? EVERYTHING : (what satisfies InvalidatedNames);
}

/** Told of each event before its listeners are, whether or not there are any. */
export interface EventCounter {
  count(name: CacheEventName, about: EventSubject): void;
}

/** What matters of an event to who counts it. */
export interface EventSubject {
  readonly key?: string;
  readonly pattern?: string;
  readonly reason?: string;
}

/**
 * Listeners by name, and channels of `node:diagnostics_channel`. A listener that throws disturbs neither the call nor the other
 * listeners: the process is warned.
 */
export class Events {
  readonly #listeners = new Map<CacheEventName, Set<CacheListener<never>>>();
  readonly #cache: string;
  readonly #counter: EventCounter;
  #listensToHits = false;

  /** `cache`: the name of the cache that they are about. */
  constructor(cache: string, counter: EventCounter) {
    this.#cache = cache;
    this.#counter = counter;
  }

  /** {@link hears} of hits, which come so often that looking them up takes too long. */
  get hearsHits(): boolean {
    return this.#listensToHits || CHANNELS.hit.hasSubscribers;
  }

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  on<N extends CacheEventName>(name: N, listener: CacheListener<N>): void {
    checkName('name', name, EVENT_NAMES);
    checkFunction('listener', listener);
    const known = this.#listeners.get(name);
    if (known === undefined) this.#listeners.set(name, new Set([listener]));
    else known.add(listener);
    this.#listensToHits = this.#listeners.has('hit');
  }

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  off<N extends CacheEventName>(name: N, listener: CacheListener<N>): void {
    const known = this.#listeners.get(checkName('name', name, EVENT_NAMES));
    checkFunction('listener', listener);
    known?.delete(listener);
    if (known?.size === 0) this.#listeners.delete(name);
    this.#listensToHits = this.#listeners.has('hit');
  }

  /** Is anybody listening? Asked first on hot paths, so that no event is made in vain. */
  hears(name: CacheEventName): boolean {
    return (this.#listeners.size > 0 && this.#listeners.has(name)) || CHANNELS[name].hasSubscribers;
  }

  /** Emits an event that is nothing but its key. */
  tell(name: 'stale-hit' | 'stale-if-error' | 'miss' | 'coalesced', key: CacheKey): void {
    if (this.hears(name)) this.emit(name, { key: key.text, pattern: key.pattern });
    else this.#counter.count(name, key);
  }

  /** Emits what is counted elsewhere, for it comes so often that nobody can afford to make an event in vain. */
  tellCounted(name: 'hit', key: CacheKey): void;
  tellCounted(name: 'load', key: CacheKey, more: Omit<CacheEvents['load'], keyof KeyEvent>): void;
  tellCounted(name: 'fill', key: CacheKey, more: Omit<CacheEvents['fill'], keyof KeyEvent>): void;
  tellCounted(name: 'hit' | 'load' | 'fill', { text, pattern }: CacheKey, more: object = {}): void {
    if (this.hears(name)) this.#tell(name, { key: text, pattern, ...more });
  }

  emit<N extends CacheEventName>(name: N, event: CacheEvents[N]): void {
    this.#counter.count(name, event as EventSubject);
    this.#tell(name, event);
  }

  #tell<N extends CacheEventName>(name: N, event: CacheEvents[N]): void {
    const listeners = this.#listeners.get(name) as ReadonlySet<CacheListener<N>> | undefined;
    const warn = (error: unknown): void => {
      warnOfListener(name, error);
    };
    for (const listener of listeners ?? []) {
      try {
        const outcome = listener(event);
        if (isPromise(outcome)) outcome.then(undefined, warn);
      } catch (error) {
        warn(error);
      }
    }
    const channel = CHANNELS[name];
    if (channel.hasSubscribers) channel.publish({ cache: this.#cache, ...event } satisfies CacheChannelEvent<N>);
  }
}

function warnOfListener(name: CacheEventName, error: unknown): void {
  process.emitWarning(`A listener for the event '${name}' failed: ${describeThrown(error)}`, {
    type: 'FreshkeepWarning',
    code: 'FRESHKEEP_LISTENER_FAILED',
  });
}
