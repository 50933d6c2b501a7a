import type { PatternStats } from '../../statistics/pattern-stats.js';
import { card } from './card.js';
import { DurationsChart } from './charts/durations-chart.js';
import { chartGrid, TrafficCharts } from './charts/traffic-charts.js';
import { TtlChart } from './charts/ttl-chart.js';
import { el, setText } from './dom.js';
import { Facts, type Fact } from './facts.js';
import { Fillers } from './fillers.js';
import { formatCount, formatShare, NONE } from './format.js';
import type { Rates } from './history.js';

/** All about the pattern that is selected. */
export class Pattern {
  readonly #name = el('code', { class: 'pattern-name' });
  readonly #facts = new Facts();
  readonly #traffic = new TrafficCharts();
  readonly #durations = new DurationsChart();
  readonly #ttl = new TtlChart();
  readonly #fillers = new Fillers();
  readonly element = card(
    'pattern-card',
    'Selected method',
    el('p', { class: 'pattern-title' }, this.#name),
    this.#facts.element,
    chartGrid(this.#ttl.element, this.#durations.element, ...this.#traffic.elements),
    this.#fillers.element,
  );

  show(stats: PatternStats | undefined, rates: Rates): void {
    this.element.hidden = stats === undefined;
    if (stats === undefined) return;
    setText(this.#name, stats.pattern);
    this.#facts.show(factsOf(stats));
    this.#ttl.show(stats);
    this.#durations.show(stats.loads);
    this.#traffic.show(rates);
    this.#fillers.show(stats.fillers);
  }
}

function factsOf(stats: PatternStats): Fact[] {
  const { calls, hitRatio, localHits, sharedHits, staleHits, misses, coalesced, loads, estimates, reloads } = stats;
  const fact = (name: string, count: number) => ({ name, text: formatCount(count) });
  const part = (name: string, some: number, all: number) => ({
    name,
    text: all === 0 ? NONE : formatShare(some / all),
  });
  return [
    fact('Calls', calls),
    { name: 'Hit ratio', text: calls === 0 ? NONE : formatShare(hitRatio) },
    fact('Hits in memory', localHits),
    fact('Hits in a shared store', sharedHits),
    fact('Stale hits', staleHits),
    fact('Misses', misses),
    fact('Joined a load', coalesced),
    fact('Loads', loads.count),
    fact('In the background', stats.refreshes),
    fact('Failed loads', stats.failedLoads),
    fact('Fills', stats.fills),
    fact('Refused fills', stats.refusedFills),
    fact('Invalidations', stats.invalidations),
    fact('Waited at expiry', estimates.waitedAtExpiry),
    part('Entries never read', estimates.unread, estimates.ended),
    part('Reloads that changed', reloads.changed, reloads.count),
  ];
}
