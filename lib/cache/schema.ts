import { isPromise } from '../awaitable.js';
import { CacheError, describeThrown, describeValue, invalidOption } from '../errors.js';
import type { Entry } from '../entry/entry.js';

/** What schemas of zod, valibot, arktype and others have in common: Standard Schema 1 (https://standardschema.dev). */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
  };
}

export interface SchemaResult {
  /** Absent where the value fits. */
  readonly issues?: readonly SchemaIssue[] | undefined;
}

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Why a value does not fit; `undefined` where it does. Never throws. */
export type SchemaCheck = (value: unknown) => CacheError | undefined;

const MOST_ISSUES = 3;

/** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
export function compileSchema(schema: unknown): SchemaCheck | undefined {
  if (schema === undefined) return undefined;
  const { '~standard': standard } = (schema ?? {}) as Partial<StandardSchema>;
  if ((standard?.version as unknown) !== 1 || typeof standard?.validate !== 'function') {
    throw invalidOption('schema', 'a Standard Schema, such as one of zod, valibot or arktype', schema);
  }
  const { validate } = standard;
  return (value) => {
    try {
      return misfitOf(validate(value));
    } catch (error) {
      return misfit(describeThrown(error), error);
    }
  };
}

/** {@link SchemaCheck} for entries, each of whose objects is looked at once: what is kept in memory does not change. */
export function onceForEach(check: SchemaCheck): (entry: Entry) => CacheError | undefined {
  const fitting = new WeakSet();
  return (entry) => {
    if (fitting.has(entry)) return undefined;
    const { value } = entry;
    // A store may make the entry anew for each call, and its value once.
    const shared = typeof value === 'object' && value !== null ? value : entry;
    if (fitting.has(shared)) return undefined;
    const found = check(value);
    if (found === undefined) fitting.add(entry).add(shared);
    return found;
  };
}

function misfitOf(result: SchemaResult | Promise<SchemaResult>): CacheError | undefined {
  if (isPromise(result)) {
    result.then(undefined, () => undefined);
    return misfit('it validates later, and must at once');
  }
  return result.issues === undefined ? undefined : misfit(describeIssues(result.issues));
}

function misfit(reason: string, cause?: unknown): CacheError {
  const message = `Expected a value that fits \`schema\`: ${reason}`;
  return new CacheError('ERR_CACHE_ENTRY_UNREADABLE', message, cause === undefined ? undefined : { cause });
}

/** Messages of schemas tell types, and at times values: a few of them, each short. */
function describeIssues(issues: readonly SchemaIssue[]): string {
  const described = issues.slice(0, MOST_ISSUES).map(({ message, path = [] }) => {
    const place = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
    return `${place === '' ? 'the value' : place}: ${describeValue(message)}`;
  });
  return described.join('; ') + (issues.length > MOST_ISSUES ? `; and ${issues.length - MOST_ISSUES} more` : '');
}
