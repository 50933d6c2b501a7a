import type { CacheHealth } from '../../cache/cache-options.js';
import { card } from './card.js';
import { Facts, type Fact } from './facts.js';
import { formatCount, formatDuration } from './format.js';

/** How the cache and its store are doing now. */
export class Health {
  readonly #facts = new Facts();
  readonly element = card('health-card', 'Health', this.#facts.element);

  show(health: CacheHealth): void {
    this.#facts.show([...redisOf(health), ...ownOf(health)]);
  }
}

/** What a store without Redis has not is left out. */
function redisOf({ breaker, l1, bus }: CacheHealth): Fact[] {
  return [
    ...(breaker === undefined
      ? []
      : [fact('Redis (circuit breaker)', breaker === 'closed' ? 'answers (closed)' : breaker, breaker === 'closed')]),
    ...(l1 === undefined ? [] : [fact('Copies in this process', l1, l1 === 'trusted')]),
    ...(bus === undefined ? [] : [fact('Bus of invalidations', busText(bus), bus.state === 'connected')]),
  ];
}

function ownOf({ queuedInvalidations: queued, loads }: CacheHealth): Fact[] {
  return [
    fact('Queued invalidations', queued === 'all' ? 'all keys' : formatCount(queued), queued === 0),
    { name: 'Loads running', text: formatCount(loads.running) },
    { name: 'Loads waiting', text: formatCount(loads.waiting) },
  ];
}

function busText({ state, lag }: NonNullable<CacheHealth['bus']>): string {
  if (state === 'disconnected') return state;
  return `${state}, ${lag === 'unknown' ? 'lag unknown' : `lag ${formatDuration(lag)}`}`;
}

function fact(name: string, text: string, good: boolean): Fact {
  return { name, text, mood: good ? 'good' : 'bad' };
}
