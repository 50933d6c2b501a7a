import { Counter, Gauge, register, type Registry, type RegistryContentType } from 'prom-client';

import { CacheError, checkObject, describeValue, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { CACHE_METRICS } from '../metrics/cache-metrics.js';
import { loadDurationsOf } from '../metrics/load-durations.js';
import type { Metric, Sample } from '../metrics/metric.js';
import { PATTERN_METRICS } from '../metrics/pattern-metrics.js';
import type { MeasuredCache } from '../metrics/reading.js';
import { Readings } from '../metrics/readings.js';
import { exportedName } from './exported-name.js';
import { TotalsHistogram, type LabelledDurations } from './totals-histogram.js';

/** A registry of prom-client, for either of the two formats. */
export type MetricsRegistry = Pick<
  Registry<RegistryContentType>,
  'registerMetric' | 'getSingleMetric' | 'removeSingleMetric'
>;

export interface CacheMetricsOptions {
  /** Default: the global registry of prom-client. */
  readonly registry?: MetricsRegistry;
  /** Begins the name of every metric. Default `'freshkeep_'`. */
  readonly prefix?: string;
  /** How many patterns of each cache have a label of their own; the rest are told together, as `{others}`. Default 100. */
  readonly maxPatterns?: number;
}

const OPTIONS: NamesOf<CacheMetricsOptions> = { registry: true, prefix: true, maxPatterns: true };

export interface RegisteredCacheMetrics {
  /** Takes these metrics out of the registry again. */
  unregister(): void;
}

const LOAD_DURATION = { name: 'load.duration', unit: 's', kind: 'gauge' } as const;
const LOAD_DURATION_HELP = 'How long the method took to load a value, failures included';

/**
 * Makes a registry of prom-client tell what `cache.stats()` says: each cache is asked once for each scrape, and nothing is done in between
 * (`docs/metrics.md` has all metrics). All caches that share a registry are given at once.
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`, also where two caches have one name, or the registry has such metrics already
 */
export function registerCacheMetrics(
  caches: MeasuredCache | readonly MeasuredCache[],
  options: CacheMetricsOptions = {},
): RegisteredCacheMetrics {
  const { registry = register, prefix = 'freshkeep_', maxPatterns } = checkOptionNames('options', options, OPTIONS);
  const target = checkRegistry(registry);
  const readings = new Readings(caches, maxPatterns);
  const metrics = [...PATTERN_METRICS, ...CACHE_METRICS].map((metric) => ({
    metric,
    name: exportedName(checkPrefix(prefix), metric),
  }));
  const histogramName = exportedName(prefix, LOAD_DURATION);
  const names = [...metrics.map(({ name }) => name), histogramName];
  checkFree(target, names);
  for (const { metric, name } of metrics) target.registerMetric(exporterOf(metric, name, readings));
  target.registerMetric(histogramOf(histogramName, readings));
  return {
    unregister: () => {
      for (const name of names) target.removeSingleMetric(name);
    },
  };
}

function exporterOf({ kind, help, labels, read }: Metric, name: string, readings: Readings): Counter | Gauge {
  const described = { name, help, labelNames: ['cache', ...labels], registers: [] };
  const samples = (): Sample[] =>
    readings.ofThisTurn.flatMap((reading) =>
      read(reading).map((sample) => ({ ...sample, labels: { cache: reading.cache, ...sample.labels } })),
    );
  if (kind === 'gauge') {
    return new Gauge({
      ...described,
      collect() {
        this.reset();
        for (const { labels: own, value } of samples()) this.set(own, value);
      },
    });
  }
  return new Counter({
    ...described,
    collect() {
      // What is told are totals: what the last scrape was told is part of them.
      this.reset();
      for (const { labels: own, value } of samples()) this.inc(own, value);
    },
  });
}

function histogramOf(name: string, readings: Readings): TotalsHistogram {
  const read = (): LabelledDurations[] =>
    readings.ofThisTurn.flatMap(({ cache, patterns }) =>
      patterns.map((pattern) => ({
        labels: { cache, pattern: pattern.label },
        durations: loadDurationsOf(pattern),
      })),
    );
  return new TotalsHistogram({ name, help: LOAD_DURATION_HELP, labelNames: ['cache', 'pattern'], registers: [] }, read);
}

function checkRegistry(registry: MetricsRegistry): MetricsRegistry {
  const { registerMetric, getSingleMetric } = checkObject('registry', registry) as Partial<MetricsRegistry>;
  if (typeof registerMetric === 'function' && typeof getSingleMetric === 'function') return registry;
  throw invalidOption('registry', 'a registry of prom-client', registry);
}

function checkPrefix(prefix: string): string {
  if (typeof (prefix as unknown) === 'string' && /^([a-zA-Z_:][\w:]*)?$/.test(prefix)) return prefix;
  throw invalidOption('prefix', 'letters, digits, `_` and `:`, and no digit first', prefix);
}

/** Before anything is registered: a registry that has some of them is left as it was. */
function checkFree(registry: MetricsRegistry, names: readonly string[]): void {
  const taken = names.find((name) => registry.getSingleMetric(name) !== undefined);
  if (taken === undefined) return;
  throw new CacheError(
    'ERR_CACHE_OPTION_INVALID',
    `Expected \`registry\` to have no metric ${describeValue(taken)} yet: register all caches in one call, or give another \`prefix\``,
  );
}
