import {
  metrics,
  type BatchObservableCallback,
  type Meter,
  type MeterProvider,
  type Observable,
} from '@opentelemetry/api';

import { invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { CACHE_METRICS } from '../metrics/cache-metrics.js';
import type { Metric } from '../metrics/metric.js';
import { PATTERN_METRICS } from '../metrics/pattern-metrics.js';
import type { MeasuredCache } from '../metrics/reading.js';
import { Readings } from '../metrics/readings.js';
import { attributeNamed, attributesOf } from './attributes.js';
import { LOAD_METRICS } from './load-metrics.js';
import { SCOPE } from './scope.js';

export interface CacheMetricsOptions {
  /** Default: the global one, which has to be set before. */
  readonly meterProvider?: MeterProvider;
  /** How many patterns of each cache have an attribute of their own; the rest are told together, as `{others}`. Default 100. */
  readonly maxPatterns?: number;
}

const OPTIONS: NamesOf<CacheMetricsOptions> = { meterProvider: true, maxPatterns: true };

export interface RegisteredCacheMetrics {
  /** From now on nothing is told of these caches. */
  unregister(): void;
}

interface Instrument {
  readonly metric: Metric;
  readonly observable: Observable;
}

/**
 * Makes instruments that tell what `cache.stats()` says: each cache is asked once for each collection, and nothing is done in between
 * (`docs/metrics.md` has all of them).
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`, also where two caches have one name
 */
export function registerCacheMetrics(
  caches: MeasuredCache | readonly MeasuredCache[],
  options: CacheMetricsOptions = {},
): RegisteredCacheMetrics {
  const { meterProvider = metrics.getMeterProvider(), maxPatterns } = checkOptionNames('options', options, OPTIONS);
  if (typeof (meterProvider as Partial<MeterProvider> | null)?.getMeter !== 'function') {
    throw invalidOption('meterProvider', 'a meter provider of OpenTelemetry', meterProvider);
  }
  const readings = new Readings(caches, maxPatterns);
  const meter = meterProvider.getMeter(SCOPE);
  const instruments = [...PATTERN_METRICS, ...LOAD_METRICS, ...CACHE_METRICS].map((metric) => ({
    metric,
    observable: instrumentOf(meter, metric),
  }));
  const observables = instruments.map(({ observable }) => observable);
  const observe = observerOf(instruments, readings);
  meter.addBatchObservableCallback(observe, observables);
  return {
    unregister: () => {
      meter.removeBatchObservableCallback(observe, observables);
    },
  };
}

function instrumentOf(meter: Meter, { name, kind, unit, help }: Metric): Observable {
  const described = { description: help, unit };
  return kind === 'counter'
    ? meter.createObservableCounter(attributeNamed(name), described)
    : meter.createObservableGauge(attributeNamed(name), described);
}

function observerOf(instruments: readonly Instrument[], readings: Readings): BatchObservableCallback {
  return (result) => {
    for (const reading of readings.now()) {
      for (const { metric, observable } of instruments) {
        for (const { labels, value } of metric.read(reading)) {
          result.observe(observable, value, attributesOf({ cache: reading.cache, ...labels }));
        }
      }
    }
  };
}
