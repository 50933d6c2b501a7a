import { SpanStatusCode, type Span } from '@opentelemetry/api';

import { isPromise } from '../awaitable.js';
import type { WorkKind } from '../cache/tracing.js';
import { describeThrown } from '../errors.js';

/** Where an error comes from; whoever has caused the work, or waits for it, meets it second-hand. */
const SOURCES_OF_ERRORS: readonly WorkKind[] = ['load', 'store'];

/** Ends `span` when what `run` returns is there, or has settled: which is given back, with the same error where there is one. */
export function endingWith<T>(span: Span, kind: WorkKind, run: () => T, end: () => void): T {
  const ended = (value: unknown): unknown => {
    end();
    return value;
  };
  const failed = (error: unknown): never => {
    try {
      noteError(span, kind, error);
    } finally {
      end();
    }
    throw error;
  };
  let outcome: T;
  try {
    outcome = run();
  } catch (error) {
    return failed(error);
  }
  return isPromise(outcome) ? (outcome.then(ended, failed) as T) : (ended(outcome) as T);
}

/** Of the semantic conventions, by which errors are counted and grouped. */
const ERROR_TYPE = 'error.type';

/** As `recordException` names the type: by its code where it has one. */
function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && code !== '' ? code : error.name;
}

function noteError(span: Span, kind: WorkKind, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: describeThrown(error) });
  span.setAttribute(ERROR_TYPE, errorTypeOf(error));
  if (SOURCES_OF_ERRORS.includes(kind)) span.recordException(error instanceof Error ? error : describeThrown(error));
}
