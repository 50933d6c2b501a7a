export { auditDecorators } from './audit/audit-decorators.js';
export type { AuditOptions } from './audit/audit-decorators.js';
export type { AuditedClass } from './audit/declaration.js';
export type { Awaitable } from './awaitable.js';
export { Cache, createCache } from './cache/cache.js';
export type { CacheHealth, CacheOptions, CloseOptions, SetOptions, WrapOptions } from './cache/cache-options.js';
export type { CacheStats, EntriesPoint, MemoryStats } from './cache/cache-stats.js';
export { withCacheBypassed, withCacheRefreshed } from './cache/call-mode.js';
export { deferInvalidations } from './cache/deferral.js';
export type {
  CacheChannelEvent,
  CacheEventName,
  CacheEvents,
  CacheListener,
  FailureEvent,
  FillSkipReason,
  InvalidationEvent,
  KeyEvent,
  LockFailure,
  StoreOperation,
} from './cache/events.js';
export type { CallOutcome, ExplainOptions, Explanation, LoadReport } from './cache/explanation.js';
export type { InvalidationResult } from './cache/invalidation-applier.js';
export type { ManyForm } from './cache/many-calls.js';
export type { ManyOptions, WrapManyOptions } from './cache/many-options.js';
export type { EarlyRefreshOptions, LifetimeOptions } from './cache/lifetime-policy.js';
export type { CachePolicyOptions, LockOptions } from './cache/policy.js';
export type { StandardSchema } from './cache/schema.js';
export type { StatisticsOptions } from './cache/statistics-options.js';
export type { TagsFromValue, TagsOption } from './cache/tag-policy.js';
export type { TracedWork, Tracing, WaitedFor, WorkKind } from './cache/tracing.js';
export { Cached } from './decorators/cached.js';
export { CachedMany } from './decorators/cached-many.js';
export type { CachedManyOptions } from './decorators/cached-many-options.js';
export type { CachedOptions } from './decorators/cached-options.js';
export { configureCache, getDefaultCache } from './decorators/default-cache.js';
export { InvalidatesCache } from './decorators/invalidates-cache.js';
export type {
  InvalidatesCacheOptions,
  InvalidationItem,
  InvalidationTags,
  KeyFromArguments,
  KeyFromResult,
  TagsFromResult,
  TagsToInvalidate,
} from './decorators/invalidates-cache-options.js';
export { UpdatesCache } from './decorators/updates-cache.js';
export type { UpdatesCacheOptions } from './decorators/updates-cache-options.js';
export { getCacheMetadata } from './decorators/method-metadata.js';
export type { CacheMetadata } from './decorators/method-metadata.js';
export { diagnose } from './doctor/diagnose.js';
export { FINDING_NAMES } from './doctor/finding.js';
export type { Evidence, Finding, FindingName, Severity, Unit } from './doctor/finding.js';
export type { Entry, Lifetime } from './entry/entry.js';
export type { EntryReport, EntryState, TagReport, TierReport } from './entry/tier-report.js';
export { CACHE_ERROR_CODES, CacheError } from './errors.js';
export type { CacheErrorCode } from './errors.js';
export type {
  BusGap,
  BusHealth,
  BusListener,
  BusState,
  BusSubscription,
  BusTerms,
  Invalidated,
  InvalidatedBy,
  InvalidatedNames,
  InvalidationBus,
} from './invalidation/invalidation-bus.js';
export type { CacheKey } from './keys/cache-key.js';
export type { CacheKeyable, KeyPartOf } from './keys/key-part.js';
export type { KeyFunction, KeySource } from './keys/key-source.js';
export { key } from './keys/key-tag.js';
export { MemoryRefreshLock } from './locks/memory-refresh-lock.js';
export type { Lease, LeaseTerms, LockHolder, RefreshLock } from './locks/refresh-lock.js';
export { DURATION_BOUNDS, quantileOf } from './statistics/duration-histogram.js';
export type { DurationStats } from './statistics/duration-histogram.js';
export type { FillerStats, PatternEstimates, PatternStats, ReloadStats } from './statistics/pattern-stats.js';
export type { EntriesEstimate } from './statistics/reuse-record.js';
export type { SharedPatterns } from './statistics/shared-values.js';
export { OTHER_PATTERNS } from './statistics/tallies.js';
export type { TtlEstimate } from './statistics/ttl-curve.js';
export { MemoryStore } from './stores/memory-store.js';
export type { Isolation, MemoryStoreOptions } from './stores/memory-store.js';
export type {
  AbandonResult,
  BreakerState,
  Expected,
  FillResult,
  FillTerms,
  InspectOptions,
  LivingEntry,
  LocalStore,
  MemoryReport,
  SealedValue,
  SharedStore,
  StaleWindow,
  Store,
  StoreHealth,
  StoreObserver,
  Tagging,
} from './stores/store.js';
export { TieredStore } from './stores/tiered-store.js';
export type { TieredStoreOptions } from './stores/tiered-store-options.js';
export type { Duration } from './time/duration.js';
