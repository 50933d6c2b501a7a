export type { MeasuredCache } from './metrics/reading.js';
export { registerCacheMetrics } from './prometheus/register-cache-metrics.js';
export type {
  CacheMetricsOptions,
  MetricsRegistry,
  RegisteredCacheMetrics,
} from './prometheus/register-cache-metrics.js';
