import type { RouteConfig, z } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { HttpApp, HttpEnv, HttpServices } from '../http-app.ts';
import { soleHeaderOf } from '../request-headers.ts';
import { forbidden } from '../responses/key-refusals.ts';
import { ProblemException } from '../responses/problem.ts';
import { AgeLimit } from './age-limit.ts';
import { mediaTypeOf } from './media-type.ts';
import { decodeUtf8, readBody } from './read-body.ts';
import { type BodyContent, formatsOf } from './reading-formats.ts';
import { errorsOfKey, isForAll } from './readings-of-key.ts';
import { allValid, type ReceivedReadings, receivedReadings } from './received-readings.ts';

export interface ReadingBodyEnv extends HttpEnv {
  Variables: HttpEnv['Variables'] & { received: ReceivedReadings };
}

const NOT_FOR_ALL = 'Nothing was stored, because the API key is not for all of the readings.';

/** A route of the contract whose body holds readings. */
export interface ReadingRoute {
  readonly request: {
    readonly query: z.ZodObject;
    readonly body: { readonly content: BodyContent };
  };
}

/**
 * Reads the body of a route that takes readings, in the media types that the contract gives it,
 * and sets `received`. A request whose body is wrong as a whole ends here; single readings that are
 * not valid are for the handler to refuse.
 *
 * A body with readings that the request's key is not for ends here as well, with a 403, and also
 * when invalid readings would be skipped: it is no mistake of a device.
 *
 * A body in plain spelling, as programs write them, takes the fast path: it is scanned byte by
 * byte. Any other is parsed and validated by the contract's schemas; so is one with readings that
 * are too old, to find out which.
 *
 * Without a query string nothing is left to validate, so the handler is called from here: to go on
 * through Hono's validators takes 5 % of the time of a single reading.
 */
export const readingBody = (
  { request }: ReadingRoute,
  { store, maxBodyBytes, retentionDays, metrics }: HttpServices,
  handler: Handler<ReadingBodyEnv>,
) => {
  const formats = formatsOf(request.body.content);
  const unsupported = `Send the body as ${[...formats.keys()].join(' or ')}.`;
  const ageLimit = new AgeLimit(store, retentionDays);
  const noQuery = request.query.parse({});

  return createMiddleware<ReadingBodyEnv>(async (c, next) => {
    const format = formats.get(mediaTypeOf(soleHeaderOf(c, 'content-type') ?? ''));
    if (format === undefined) throw new ProblemException('unsupported-media-type', unsupported);
    const body = await readBody(c, maxBodyBytes);
    const batch = format.scan(body);
    const received =
      batch !== undefined && ageLimit.admits(batch)
        ? allValid(batch)
        : receivedReadings(format.validate(decodeUtf8(body)), ageLimit);
    const key = c.get('key');
    if (key !== undefined && !isForAll(key, received.batch)) {
      const errors = errorsOfKey(key, format.validate(decodeUtf8(body)));
      return forbidden(c, 'ingest', { detail: NOT_FOR_ALL, errors });
    }
    if (received.invalidCount > 0) metrics.readingsRejected.inc(received.invalidCount);
    c.set('received', received);
    if (c.req.url.includes('?')) return next();
    c.req.addValidatedData('query', noQuery);
    return handler(c, next);
  });
};

/**
 * A route of which {@link readingBody} reads the body, as it is mounted: without the body, which
 * Hono would read and validate as well. The app's description of itself has it nevertheless.
 */
export const withoutBody = <R extends RouteConfig & ReadingRoute>(app: HttpApp, route: R) => {
  app.openAPIRegistry.registerPath(route);
  const { body: _, ...request } = route.request;
  return { ...route, request: request as Omit<R['request'], 'body'>, hide: true };
};
