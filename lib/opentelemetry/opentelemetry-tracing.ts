import { trace, type TracerProvider } from '@opentelemetry/api';

import type { Tracing } from '../cache/tracing.js';
import { checkBoolean, invalidOption } from '../errors.js';
import { checkOptionNames, type NamesOf } from '../known-names.js';
import { SCOPE } from './scope.js';
import { SpanTracing } from './span-tracing.js';

export interface OpenTelemetryTracingOptions {
  /** Default: the global one, as it is when the first span is made. */
  readonly tracerProvider?: TracerProvider;
  /** Are keys shown, as the attribute `freshkeep.key`? They may name a person. Default `false`: patterns alone are. */
  readonly keys?: boolean;
}

const OPTIONS: NamesOf<OpenTelemetryTracingOptions> = { tracerProvider: true, keys: true };

/**
 * For the option `tracing` of a cache: a span for each load, wait, refresh and call of a shared store (`docs/metrics.md`).
 * @throws CacheError `ERR_CACHE_OPTION_INVALID`
 */
export function openTelemetryTracing(options: OpenTelemetryTracingOptions = {}): Tracing {
  const { tracerProvider = trace.getTracerProvider(), keys = false } = checkOptionNames('options', options, OPTIONS);
  if (typeof (tracerProvider as Partial<TracerProvider> | null)?.getTracer !== 'function') {
    throw invalidOption('tracerProvider', 'a tracer provider of OpenTelemetry', tracerProvider);
  }
  return new SpanTracing(tracerProvider.getTracer(SCOPE), checkBoolean('keys', keys));
}
