import { methodsOf } from '../decorators/class-methods.js';
import { getCacheMetadata, type CacheMetadata } from '../decorators/method-metadata.js';
import { silentWritersAmong } from '../decorators/silent-writers.js';
import { patternOf } from '../keys/pattern-of.js';
import type { KeySource } from '../keys/key-source.js';
import { toMilliseconds, type Duration } from '../time/duration.js';

/** A class of the user's. */
export type AuditedClass = abstract new (...args: never[]) => unknown;

/** How long a declaration keeps entries, in milliseconds; `undefined` where a function tells. */
export interface DeclaredLifetime {
  readonly ttl: number | undefined;
  readonly staleWhileRevalidate: number;
}

/** What a decorator says of one key. */
export interface Declaration {
  /** `Users.find` */
  readonly by: string;
  /** `fills`: `@Cached`, `@CachedMany`, `@UpdatesCache`. */
  readonly does: 'fills' | 'invalidates';
  /** `undefined` where only real arguments tell. */
  readonly pattern: string | undefined;
  /** Where it fills. */
  readonly lifetime?: DeclaredLifetime;
}

/** What is declared in one class. */
export interface AuditedMethods {
  readonly name: string;
  /** `Users.find` */
  readonly methods: readonly string[];
  readonly declarations: readonly Declaration[];
  /** Methods that seem to write, and declare nothing: `Users.rename`. */
  readonly silentWriters: readonly string[];
}

export function methodsIn(audited: AuditedClass): AuditedMethods {
  const methods = [...methodsOf(audited.prototype as object), ...methodsOf(audited)];
  const name = nameOf(audited);
  return {
    name,
    methods: methods.map(([method]) => `${name}.${method}`),
    declarations: methods.flatMap(([method, value]) =>
      getCacheMetadata(value).flatMap((metadata) => declarationsOf(metadata, `${name}.${method}`)),
    ),
    silentWriters: silentWritersAmong(methods).map((method) => `${name}.${method}`),
  };
}

/** A static member may have the name `name`, and throw. */
function nameOf(audited: AuditedClass): string {
  try {
    const { name } = audited as { readonly name: unknown };
    return typeof name === 'string' ? name : '(anonymous)';
  } catch {
    return '(anonymous)';
  }
}

function declarationsOf(metadata: CacheMetadata, by: string): Declaration[] {
  if (metadata.kind === 'invalidates') return metadata.keys.map((source) => invalidation(source, by));
  const { ttl, staleWhileRevalidate = 0 } = metadata.options as {
    ttl: Duration | object;
    staleWhileRevalidate?: Duration;
  };
  const lifetime = {
    ttl: typeof ttl === 'object' || typeof ttl === 'function' ? undefined : toMilliseconds('ttl', ttl, { zero: true }),
    staleWhileRevalidate: toMilliseconds('staleWhileRevalidate', staleWhileRevalidate, { zero: true }),
  };
  return [{ by, does: 'fills', pattern: patternOf(metadata.key), lifetime }];
}

function invalidation(source: KeySource, by: string): Declaration {
  return { by, does: 'invalidates', pattern: patternOf(source) };
}
