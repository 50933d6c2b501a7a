import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { describeInOneDialect } from './support/dialect.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const COPIED = ['lib', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs'];

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

interface Report {
  readonly summary: { readonly violations: readonly Violation[]; readonly totalCruised: number };
}

/** Lines that break a rule where they are added to a file, and how the violation that must be found begins. */
type Fault = readonly [title: string, file: string, lines: string, found: string];

async function cruise(root: string): Promise<Report> {
  const args = [CRUISER, 'lib', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 64_000_000 });
  return JSON.parse(stdout) as Report;
}

/** The violations in a copy of `lib/` in which all of `faults` were planted. */
async function violationsWith(faults: readonly Fault[]): Promise<string[]> {
  const copy = await mkdtemp(join(tmpdir(), 'freshkeep-layers-'));
  try {
    for (const path of COPIED) await cp(join(ROOT, path), join(copy, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const [, file, lines] of faults) await appendFile(join(copy, file), `\n${lines}\n`);
    return named(await cruise(copy));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function named({ summary }: Report): string[] {
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

const FAULTS: readonly Fault[] = [
  [
    'the engine that imports ioredis',
    'lib/cache/load.ts',
    "import { Redis } from 'ioredis'; void Redis;",
    'redis-packages-in-redis-files-only: lib/cache/load.ts',
  ],
  [
    'an import of a type of redlock',
    'lib/index.ts',
    "export type { default as Redlock } from 'redlock';",
    'redis-packages-in-redis-files-only: lib/index.ts',
  ],
  [
    'the engine that imports a decorator',
    'lib/cache/policy.ts',
    "import { scopeKey } from '../decorators/scope.js'; void scopeKey;",
    'the-engine-sees-contracts-only: lib/cache/policy.ts',
  ],
  [
    'the engine that imports a store instead of the contract',
    'lib/cache/fill.ts',
    "import type { MemoryStore } from '../stores/memory-store.js'; export type Wrong = MemoryStore;",
    'the-engine-sees-contracts-only: lib/cache/fill.ts',
  ],
  [
    'a cycle',
    'lib/keys/key-part.ts',
    "import type { CacheKey } from './cache-key.js'; export type Wrong = CacheKey;",
    'no-cycles: lib/keys/',
  ],
  [
    'a list of names that knows the keys',
    'lib/known-names.ts',
    "import type { CacheKey } from './keys/cache-key.js'; export type Wrong = CacheKey;",
    'known-names-above-errors: lib/known-names.ts',
  ],
  [
    'a key that knows the engine',
    'lib/keys/key-tag.ts',
    "import { warnOnce } from '../cache/warnings.js'; void warnOnce;",
    'keys-know-no-engine: lib/keys/key-tag.ts',
  ],
  [
    'a store that knows keys',
    'lib/stores/store.ts',
    "import type { CacheKey } from '../keys/cache-key.js'; export type Wrong = CacheKey;",
    'stores-know-no-engine: lib/stores/store.ts',
  ],
  [
    'the engine that imports the command line tool',
    'lib/cache/policy.ts',
    "import { packageVersion } from '../cli/version.js'; void packageVersion;",
    'nothing-imports-the-command-line-tool: lib/cache/policy.ts',
  ],
  [
    'a command that makes its own client of Redis',
    'lib/cli/commands/explain.ts',
    "import { Redis } from 'ioredis'; void Redis;",
    'redis-packages-in-redis-files-only: lib/cli/commands/explain.ts',
  ],
  [
    'metadata in another file',
    'lib/decorators/cached.ts',
    "import 'reflect-metadata';",
    'reflect-metadata-in-one-file: lib/decorators/cached.ts',
  ],
  [
    'the engine that imports OpenTelemetry',
    'lib/cache/tracing.ts',
    "import type { Span } from '@opentelemetry/api'; export type Wrong = Span;",
    'opentelemetry-packages-in-opentelemetry-only: lib/cache/tracing.ts',
  ],
  [
    'the table of metrics that imports prom-client',
    'lib/metrics/metric.ts',
    "import { Counter } from 'prom-client'; void Counter;",
    'prom-client-in-prometheus-only: lib/metrics/metric.ts',
  ],
  [
    'the table of metrics that knows the engine',
    'lib/metrics/reading.ts',
    "import type { Cache } from '../cache/cache.js'; export type Wrong = Cache;",
    'metrics-see-figures-only: lib/metrics/reading.ts',
  ],
  [
    'the engine that knows who traces it',
    'lib/cache/guarded-tracing.ts',
    "import { SpanTracing } from '../opentelemetry/span-tracing.js'; void SpanTracing;",
    'the-engine-sees-contracts-only: lib/cache/guarded-tracing.ts',
  ],
  [
    'the engine that knows the dashboard',
    'lib/cache/load.ts',
    "import type { CacheReport } from '../dashboard/cache-report.js'; export type Wrong = CacheReport;",
    'the-dashboard-is-above-all: lib/cache/load.ts',
  ],
  [
    'the dashboard that knows a store',
    'lib/dashboard/overview.ts',
    "import type { MemoryStore } from '../stores/memory-store.js'; export type Wrong = MemoryStore;",
    'the-dashboard-knows-no-store: lib/dashboard/overview.ts',
  ],
  [
    'the page that runs code of the server',
    'lib/dashboard/page/server.ts',
    "import { PAGE_HEADER } from '../same-origin.js'; void PAGE_HEADER;",
    'the-page-asks-by-http: lib/dashboard/page/server.ts',
  ],
  [
    'the server that runs code of the page',
    'lib/dashboard/answer.ts',
    "import { el } from './page/dom.js'; void el;",
    'the-page-runs-in-browsers-only: lib/dashboard/answer.ts',
  ],
  [
    'an import of the entry point',
    'lib/decorators/cached.ts',
    "import type { Duration as Again } from '../index.js'; export type Wrong = Again;",
    'nothing-imports-an-entry-point: lib/decorators/cached.ts',
  ],
];

describeInOneDialect('the layers of lib/', () => {
  it('are kept: imports go down only, without cycles', async () => {
    const report = await cruise(ROOT);
    expect(named(report)).to.deep.equal([]);
    expect(report.summary.totalCruised).to.be.greaterThan(40);
  });

  describe('are found to be broken by', () => {
    let violations: string[];
    before(async () => {
      violations = await violationsWith(FAULTS);
    });

    for (const [title, , , found] of FAULTS) {
      it(title, () => {
        expect(violations.filter((violation) => violation.startsWith(found))).not.to.deep.equal(
          [],
          violations.join('\n'),
        );
      });
    }
  });
});
