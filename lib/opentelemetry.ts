export type { MeasuredCache } from './metrics/reading.js';
export { openTelemetryTracing } from './opentelemetry/opentelemetry-tracing.js';
export type { OpenTelemetryTracingOptions } from './opentelemetry/opentelemetry-tracing.js';
export { registerCacheMetrics } from './opentelemetry/register-cache-metrics.js';
export type { CacheMetricsOptions, RegisteredCacheMetrics } from './opentelemetry/register-cache-metrics.js';
