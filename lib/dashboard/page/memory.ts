import type { MemoryStats } from '../../cache/cache-stats.js';
import { card } from './card.js';
import { EntriesChart } from './charts/entries-chart.js';
import { Facts } from './facts.js';
import { formatCount, formatExactly } from './format.js';

/** What the store keeps in the memory of the process. */
export class Memory {
  readonly #facts = new Facts();
  readonly #chart = new EntriesChart();
  readonly element = card('memory-card', 'Memory of this process', this.#facts.element, this.#chart.element);

  show(memory: MemoryStats | undefined): void {
    this.element.hidden = memory === undefined;
    if (memory === undefined) return;
    const { entries, maxEntries, evictions } = memory;
    this.#facts.show([
      { name: 'Entries', text: `${formatExactly(entries)} of ${formatExactly(maxEntries)}` },
      { name: 'Evictions', text: formatCount(evictions) },
    ]);
    this.#chart.show(memory);
  }
}
