import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';

/** The real SDK, whose spans stay in memory. Contexts are global to the process: one recorder at a time. */
export class SpanRecorder {
  readonly #exporter = new InMemorySpanExporter();
  readonly provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#exporter)] });

  begin(): void {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  end(): void {
    context.disable();
  }

  /** A span of the user's, around `code`. */
  async within<T>(name: string, code: () => Promise<T>): Promise<T> {
    const span = this.provider.getTracer('user').startSpan(name);
    try {
      return await context.with(trace.setSpan(context.active(), span), code);
    } finally {
      span.end();
    }
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  forget(): void {
    this.#exporter.reset();
  }

  get names(): string[] {
    return this.spans.map(({ name }) => name);
  }

  /** The one span of this name. */
  named(name: string): ReadableSpan {
    const [span, ...others] = this.spans.filter((each) => each.name === name);
    if (span === undefined || others.length > 0)
      throw new Error(`Expected one span ${name} among ${this.names.join()}`);
    return span;
  }

  /** The name of the span that `span` is part of. */
  parentOf({ parentSpanContext }: ReadableSpan): string | undefined {
    return this.spans.find((each) => each.spanContext().spanId === parentSpanContext?.spanId)?.name;
  }

  /** The names of the spans that `span` is linked to. */
  linksOf({ links }: ReadableSpan): (string | undefined)[] {
    return links.map(({ context: to }) => this.spans.find((each) => each.spanContext().spanId === to.spanId)?.name);
  }
}
