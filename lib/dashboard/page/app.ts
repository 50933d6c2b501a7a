import type { PatternStats } from '../../statistics/pattern-stats.js';
import type { Overview } from '../overview.js';
import { readAddress, writeAddress, type Shown } from './address.js';
import { el } from './dom.js';
import { Findings } from './findings.js';
import { Header } from './header.js';
import { Health } from './health.js';
import { History } from './history.js';
import { Keys } from './keys.js';
import { Memory } from './memory.js';
import { MethodTable } from './method-table.js';
import { Pattern } from './pattern.js';
import { Poller } from './poller.js';
import { server, ServerError } from './server.js';
import { Totals } from './totals.js';

/** Of a cache, and of one of its patterns, if there is one. */
interface Figures {
  readonly overview: Overview;
  readonly stats: PatternStats | undefined;
}

/** The page: asks the server what is so, and shows it. */
export class App {
  readonly element: HTMLElement;
  readonly #header = new Header({
    choose: (cache) => {
      this.#choose(cache);
    },
    pause: (paused) => {
      this.#poller.paused = paused;
      this.#header.paused(paused);
    },
  });
  readonly #totals = new Totals();
  readonly #methods = new MethodTable((pattern) => {
    this.#select(pattern);
  });
  readonly #findings = new Findings((pattern) => {
    this.#select(pattern);
  });
  readonly #pattern = new Pattern();
  readonly #health = new Health();
  readonly #memory = new Memory();
  readonly #keys = new Keys();
  readonly #poller = new Poller(() => this.#poll());
  #history = new History();
  #shown = readAddress();

  constructor() {
    this.element = el('div', { class: 'app' }, this.#header.element, this.#columns());
    this.#header.connection('connecting');
    window.addEventListener('hashchange', () => {
      this.#show(readAddress());
    });
    void this.#poller.now();
  }

  /** What is wrong stands beside the methods, or, where there is no room, before them. */
  #columns(): HTMLElement {
    const pair = el('div', { class: 'pair' }, this.#memory.element, this.#keys.element);
    const main = el('div', { class: 'main' }, this.#methods.element, this.#pattern.element, pair);
    const aside = el('div', { class: 'aside' }, this.#health.element);
    const columns = el('main', {}, this.#totals.element, main, aside);
    const wide = matchMedia('(min-width: 1160px)');
    const place = () => {
      if (wide.matches) aside.prepend(this.#findings.element);
      else this.#totals.element.after(this.#findings.element);
    };
    place();
    wide.addEventListener('change', place);
    return columns;
  }

  async #poll(): Promise<void> {
    const shown = this.#shown;
    try {
      const figures = await figuresOf(shown);
      // Something else was asked for meanwhile, and is asked for next.
      if (shown !== this.#shown) return;
      this.#draw(figures);
      this.#header.connection(this.#poller.paused ? 'paused' : 'live');
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      const isGone = error.status === 404 && shown.cache !== undefined && (await lacks(shown.cache));
      if (shown !== this.#shown) return;
      // An address may be older than the names of the caches: there is always a first one.
      if (isGone) this.#choose(undefined);
      else this.#header.lost(this.#poller.paused ? error.message : `${error.message} Trying again.`);
    }
  }

  #draw({ overview, stats }: Figures): void {
    this.#history.add(overview);
    this.element.classList.add('ready');
    this.#header.show(overview);
    this.#totals.show(overview, this.#history.rates());
    this.#methods.show(overview.rows, stats?.pattern);
    this.#pattern.show(stats, this.#history.rates(stats?.pattern));
    this.#findings.show(overview.findings);
    this.#health.show(overview.health);
    this.#memory.show(overview.memory);
    this.#keys.show(overview.cache, overview.allowInvalidation);
  }

  #choose(cache: string | undefined): void {
    this.#show({ cache, pattern: undefined });
    writeAddress(this.#shown);
  }

  #select(pattern: string): void {
    this.#show({ ...this.#shown, pattern });
    writeAddress(this.#shown);
    this.#pattern.element.scrollIntoView({ block: 'nearest' });
  }

  #show(shown: Shown): void {
    if (shown.cache !== this.#shown.cache) {
      this.#history = new History();
      this.#keys.leave();
    }
    this.#shown = shown;
    void this.#poller.now();
  }
}

/** Is there no cache of that name? What stands between, a proxy say, may have answered as well. */
async function lacks(cache: string): Promise<boolean> {
  const overview = await server.overview(undefined).catch(() => undefined);
  return overview !== undefined && !overview.caches.includes(cache);
}

/** What has the most calls is what most want to see. @throws ServerError */
async function figuresOf({ cache, pattern: wanted }: Shown): Promise<Figures> {
  const overview = await server.overview(cache);
  const pattern = wanted ?? overview.rows[0]?.pattern;
  const isCounted = overview.rows.some((row) => row.pattern === pattern);
  const stats = pattern === undefined || !isCounted ? undefined : await server.pattern(overview.cache, pattern);
  return { overview, stats };
}
