import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv, SeriesReader } from '../http/http-app.ts';
import type { ReadingStore } from '../storage/reading-store.ts';
import type { StoreObserver } from '../storage/store-observer.ts';
import { requestSpans } from './request-spans.ts';

/** Makes spans of what the service does. None has the id of a person or a device, or a reading. */
export interface Tracing {
  readonly requests: MiddlewareHandler<HttpEnv>;
  /** The same store, whose appends are spans. */
  store(store: ReadingStore): ReadingStore;
  /** The same reader, whose queries are spans. */
  series(series: SeriesReader): SeriesReader;
  /** The same observer, which makes spans of commits, flushes and merges. */
  observer(observer: StoreObserver): StoreObserver;
  /** Sends what has not been sent. Rejects when it cannot be. */
  close(): Promise<void>;
}

/** What has ended, as a span of its own: what the store does, it does for many requests at once. */
const ended = (tracer: Tracer, name: string, durationMs: number, attributes: Attributes): void => {
  const endMs = Date.now();
  const options = { root: true, startTime: endMs - durationMs, attributes };
  tracer.startSpan(name, options).end(endMs);
};

const tracedStore = (tracer: Tracer, store: ReadingStore): ReadingStore => ({
  async append(batch) {
    const attributes = { 'heart_rate.readings': batch.size };
    const span = tracer.startSpan('append', { kind: SpanKind.INTERNAL, attributes });
    try {
      await store.append(batch);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  },
  checkDay: (day, refusal) => store.checkDay(day, refusal),
  erase: (erasure) => store.erase(erasure),
  scan: (request) => store.scan(request),
  scanBackwards: (request) => store.scanBackwards(request),
  intakeDay: () => store.intakeDay(),
  health: () => store.health(),
  close: () => store.close(),
});

const tracedSeries = (tracer: Tracer, series: SeriesReader): SeriesReader => ({
  async *run(request, ...rest) {
    const attributes = { 'heart_rate.interval': request.interval };
    const span = tracer.startSpan('query', { kind: SpanKind.INTERNAL, attributes });
    try {
      yield* series.run(request, ...rest);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  },
  forget: (...user) => series.forget(...user),
});

const tracedObserver = (tracer: Tracer, observer: StoreObserver): StoreObserver => ({
  ...observer,
  committed(event) {
    observer.committed(event);
    const { readings, bytes, durationMs } = event;
    const attributes = { 'heart_rate.readings': readings, 'heart_rate.bytes': bytes };
    ended(tracer, 'commit', durationMs, attributes);
  },
  flushed(event) {
    observer.flushed(event);
    const { readings, parts, durationMs } = event;
    const attributes = { 'heart_rate.readings': readings, 'heart_rate.parts': parts };
    ended(tracer, 'flush', durationMs, attributes);
  },
  compacted(event) {
    observer.compacted(event);
    ended(tracer, 'merge', event.durationMs, { 'heart_rate.parts': event.parts });
  },
});

/**
 * Begins to send traces as OTLP over HTTP. Where to, how many and how often is said by the
 * variables of OpenTelemetry (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`, …). What cannot
 * be sent is dropped beyond 2,048 spans.
 */
export const startTracing = (serviceName: string, version: string): Tracing => {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  // It also finds the request that an append or a query belongs to, and reads `traceparent`.
  provider.register();
  const tracer = provider.getTracer('heart-rate', version);
  return {
    requests: requestSpans(tracer),
    store: (store) => tracedStore(tracer, store),
    series: (series) => tracedSeries(tracer, series),
    observer: (observer) => tracedObserver(tracer, observer),
    close: () => provider.shutdown(),
  };
};
