import {
  context,
  SpanKind,
  trace,
  type Link,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';

import { isPromise } from '../awaitable.js';
import type { TracedWork, Tracing } from '../cache/tracing.js';
import { now } from '../time/clock.js';
import { attributesOf } from './attributes.js';
import { endingWith } from './ending-span.js';

/** Makes a span of each piece of work, in whose context the work is done. */
export class SpanTracing implements Tracing {
  readonly #tracer: Tracer;
  readonly #showsKeys: boolean;
  /** The spans of loads, for those who wait for them. */
  readonly #loads = new WeakMap<object, SpanContext>();

  constructor(tracer: Tracer, showsKeys: boolean) {
    this.#tracer = tracer;
    this.#showsKeys = showsKeys;
  }

  trace<T>(work: TracedWork, run: () => T): T {
    const { kind, operation, loads = [] } = work;
    if (kind === 'store' && operation === 'read') return this.#traceUnlessAtOnce(work, run);
    const span = this.#tracer.startSpan(titleOf(work), this.#optionsOf(work));
    if (kind === 'load') for (const load of loads) this.#loads.set(load, span.spanContext());
    const runWithin = () => context.with(trace.setSpan(context.active(), span), run);
    return endingWith(span, kind, runWithin, () => {
      // A load may begin after the first of those who wait for it.
      if (kind === 'wait') span.addLinks(loads.flatMap((load) => linksTo(this.#loads.get(load))));
      span.end();
    });
  }

  /**
   * Of two tiers the first one answers most reads, and at once: then there is nothing to tell. So the span is made afterwards, as of the instant at
   * which the read began. One that was begun and never ended would keep some tracers from exporting the whole trace.
   */
  #traceUnlessAtOnce<T>(work: TracedWork, run: () => T): T {
    const startTime = Date.now();
    const startedAt = now();
    const answer = run();
    if (!isPromise(answer)) return answer;
    const span = this.#tracer.startSpan(titleOf(work), { ...this.#optionsOf(work), startTime });
    return endingWith(
      span,
      work.kind,
      () => answer,
      () => {
        span.end(startTime + now() - startedAt);
      },
    );
  }

  #optionsOf(work: TracedWork): SpanOptions {
    const { kind, cache, pattern, key, keys, tags, operation, waitsFor, background } = work;
    const attributes = attributesOf({
      cache,
      pattern,
      key: this.#showsKeys ? key : undefined,
      operation,
      'wait.for': waitsFor,
      'keys.count': keys,
      'tags.count': tags,
      background,
    });
    // A refresh is no part of the call that began it, and would not be without it.
    const links = kind === 'refresh' ? linksTo(trace.getSpanContext(context.active())) : [];
    return {
      kind: kind === 'store' ? SpanKind.CLIENT : SpanKind.INTERNAL,
      attributes,
      links,
      root: kind === 'refresh',
    };
  }
}

/** `load user:{}`, `store read user:{}`: of these there are as many as there are patterns. */
function titleOf({ kind, operation, pattern }: TracedWork): string {
  return [kind, operation, pattern].filter((word) => word !== undefined).join(' ');
}

function linksTo(cause: SpanContext | undefined): Link[] {
  return cause === undefined || !trace.isSpanContextValid(cause) ? [] : [{ context: cause }];
}
