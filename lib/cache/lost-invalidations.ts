import type { Invalidated, InvalidatedNames } from '../invalidation/invalidation-bus.js';
import { warnOnce } from './warnings.js';

/** What is still queued when nobody is left to apply it. */
export function warnOfLost(queued: Invalidated): void {
  const names = queued === 'all' ? 'all keys' : describeNames(queued);
  if (names === '') return;
  const message = `the invalidation of ${names} is not applied yet, and is lost if the process ends now`;
  warnOnce('FRESHKEEP_INVALIDATIONS_LOST', 'close', message);
}

function describeNames({ keys, tags }: InvalidatedNames): string {
  const count = (list: readonly string[], noun: string) =>
    list.length === 0 ? [] : [`${list.length} ${noun}${list.length === 1 ? '' : 's'}`];
  return [...count(keys, 'key'), ...count(tags, 'tag')].join(' and ');
}
