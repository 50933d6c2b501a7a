import type { CacheHealth } from '../../cache/cache-options.js';
import { card } from './card.js';
import { Facts, type Fact } from './facts.js';
import { formatCount, formatDuration } from './format.js';

/** The clocks of machines that are kept right differ by less, in milliseconds. */
const CLOCKS_AGREE = 1_000;

/** What a state of the breaker means for Redis. */
const BREAKERS: Readonly<Record<NonNullable<CacheHealth['breaker']>, string>> = {
  closed: 'answers',
  open: 'does not answer',
  'half-open': 'is asked again',
};

/** How the cache and its store are doing now. */
export class Health {
  readonly #facts = new Facts();
  readonly element = card('health-card', 'Health', this.#facts.element);

  show(health: CacheHealth): void {
    this.#facts.show([...redisOf(health), ...ownOf(health)]);
  }
}

/** What a store without Redis has not is left out. */
function redisOf({ breaker, l1, bus, clockOffset }: CacheHealth): Fact[] {
  return [
    ...(breaker === undefined
      ? []
      : [fact('Redis', `${BREAKERS[breaker]} (breaker ${breaker})`, breaker === 'closed')]),
    ...(l1 === undefined ? [] : [fact('Copies in this process', l1, l1 === 'trusted')]),
    ...(bus === undefined ? [] : [fact('Bus of invalidations', busText(bus), bus.state === 'connected')]),
    ...(clockOffset === undefined
      ? []
      : [fact('Clock of Redis', clockText(clockOffset), Math.abs(clockOffset) < CLOCKS_AGREE)]),
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

function clockText(ahead: number): string {
  if (Math.abs(ahead) < CLOCKS_AGREE) return 'agrees';
  return `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`;
}

function fact(name: string, text: string, good: boolean): Fact {
  return { name, text, mood: good ? 'good' : 'bad' };
}
