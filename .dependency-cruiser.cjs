/** The layers of `lib/` (docs/decisions/0001-layers.md); imports go down only. */
const layer = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    layer('errors-at-the-bottom', '^lib/errors', '^lib/(?!errors)'),
    layer('known-names-above-errors', '^lib/known-names', '^lib/(?!known-names|errors)'),
    layer('shapes-at-the-bottom', '^lib/shape', '^lib/(?!shape)'),
    layer('time-below-all-but-errors', '^lib/time/', '^lib/(?!time/|errors)'),
    layer('values-at-the-bottom', '^lib/values/', '^lib/(?!values/)'),
    layer('statistics-know-no-engine', '^lib/statistics/', '^lib/(?!statistics/)'),
    layer('entry-is-pure', '^lib/entry/', '^lib/(?!entry/|time/|errors)'),
    layer('keys-know-no-engine', '^lib/keys/', '^lib/(?!keys/|errors)'),
    layer('locks-below-the-engine', '^lib/locks/', '^lib/(?!locks/|time/|awaitable|known-names|errors)'),
    layer('serializers-below-the-stores', '^lib/serializers/', '^lib/(?!serializers/|values/|known-names|errors)'),
    layer('invalidation-below-the-stores', '^lib/invalidation/', '^lib/(?!invalidation/|time/|errors)'),
    layer(
      'stores-know-no-engine',
      '^lib/stores/',
      '^lib/(cache|decorators|keys|metrics|prometheus|opentelemetry|index|redis)',
    ),
    layer(
      'the-engine-sees-contracts-only',
      '^lib/cache/',
      '^lib/(decorators|serializers|metrics|prometheus|opentelemetry|index|redis|stores/(?!store\\.)|locks/(?!refresh-lock\\.)|invalidation/(?!invalidation-bus\\.))',
    ),
    layer(
      'the-doctor-sees-figures-only',
      '^lib/doctor/',
      '^lib/(?!doctor/|statistics/|cache/cache-stats|shape|errors)',
    ),
    {
      name: 'few-files-ask-the-doctor',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(doctor/|audit/|index|cache/cache\\.|metrics/reading\\.|dashboard/|cli/)' },
      to: { path: '^lib/doctor/' },
    },
    layer(
      'the-audit-sees-declarations',
      '^lib/audit/',
      '^lib/(?!audit/|decorators/|doctor/|keys/|time/|known-names|errors)',
    ),
    layer('only-the-index-asks-the-audit', '^lib/(?!audit/|index)', '^lib/audit/'),
    layer(
      'metrics-see-figures-only',
      '^lib/metrics/',
      '^lib/(?!metrics/|doctor/|statistics/|cache/(cache-stats|events)\\.|stores/store\\.|errors)',
    ),
    layer('prometheus-sees-metrics-only', '^lib/prometheus/', '^lib/(?!prometheus/|metrics/|known-names|errors)'),
    layer(
      'opentelemetry-sees-metrics-and-tracing-only',
      '^lib/opentelemetry/',
      '^lib/(?!opentelemetry/|metrics/|cache/tracing\\.|time/|awaitable|known-names|errors)',
    ),
    layer('nothing-imports-an-entry-point', '^lib/', '^lib/(index|redis|dashboard|prometheus|opentelemetry)\\.ts'),
    {
      name: 'prom-client-in-prometheus-only',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/prometheus/' },
      to: { path: '(^|node_modules/)prom-client(/|$)' },
    },
    {
      name: 'opentelemetry-packages-in-opentelemetry-only',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/opentelemetry/' },
      to: { path: '(^|node_modules/)@opentelemetry/' },
    },
    layer('nothing-imports-the-command-line-tool', '^lib/(?!cli/)', '^lib/cli/'),
    layer('the-dashboard-is-above-all', '^lib/(?!dashboard)', '^lib/dashboard'),
    layer('the-dashboard-knows-no-store', '^lib/dashboard', '^lib/(decorators|stores|locks|serializers|invalidation)/'),
    {
      name: 'the-page-asks-by-http',
      comment: 'It runs in a browser: of the rest it knows types, what a bucket of a histogram means, and uPlot.',
      severity: 'error',
      from: { path: '^lib/dashboard/page/' },
      to: {
        pathNot: '^lib/dashboard/page/|^lib/statistics/duration-histogram|node_modules/(uplot|esbuild)/',
        dependencyTypesNot: ['type-only', 'core'],
      },
    },
    {
      name: 'the-page-runs-in-browsers-only',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/dashboard/page/' },
      to: { path: '^lib/dashboard/page/|node_modules/uplot/' },
    },
    {
      name: 'redis-packages-in-redis-files-only',
      severity: 'error',
      from: {
        path: '^lib/',
        pathNot: '^lib/(stores/redis/|locks/redlock-|invalidation/redis-|cli/redis-connection\\.)',
      },
      to: { path: '(^|node_modules/)(ioredis|redlock)(/|$)' },
    },
    {
      name: 'reflect-metadata-in-one-file',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/decorators/method-metadata' },
      to: { path: 'reflect-metadata' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
