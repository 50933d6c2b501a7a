import type { Cache, CacheEventName, CacheEvents } from 'freshkeep';

export const ALL_EVENTS: readonly CacheEventName[] = [
  'hit',
  'stale-hit',
  'stale-if-error',
  'miss',
  'coalesced',
  'wait',
  'load',
  'load-failed',
  'fill',
  'fill-refused',
  'fill-skipped',
  'invalidate',
  'invalidate-tag',
  'clear',
  'invalidation-queued',
  'invalidation-replayed',
  'store-failed',
  'lock-failed',
  'entry-unreadable',
  'option-failed',
];

/** Writes down which events a cache emits. */
export class Recorder {
  readonly events: { name: CacheEventName; event: CacheEvents[CacheEventName] }[] = [];

  constructor(cache: Cache) {
    for (const name of ALL_EVENTS) cache.on(name, (event) => this.events.push({ name, event }));
  }

  get names(): CacheEventName[] {
    return this.events.map(({ name }) => name);
  }

  count(name: CacheEventName): number {
    return this.names.filter((other) => other === name).length;
  }
}
