import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { HttpEnv } from '../http/http-app.ts';
import { knownMethod } from '../http/known-method.ts';
import { routeOf } from '../http/middleware/request-context.ts';

const GETTER: TextMapGetter<Context<HttpEnv>> = {
  get: (c, name) => c.req.header(name),
  keys: () => [],
};

/** A span for each request, below that of the client if it sent one (W3C Trace Context). */
export const requestSpans = (tracer: Tracer) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const parent = propagation.extract(context.active(), c, GETTER);
    const method = knownMethod(c.req.method);
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent);
    await context.with(trace.setSpan(parent, span), next);
    const route = routeOf(c);
    const { status } = c.res;
    // Never the target: it says who is asked for.
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'heart_rate.request_id': c.get('requestId'),
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    const sent = c.get('sent');
    if (sent === undefined) span.end();
    else void sent.then(() => span.end());
  });
