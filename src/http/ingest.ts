import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as routes from '../../generated/routes.ts';
import { zHeartRateBatch, type zHeartRateReading } from '../../generated/zod/zod.gen.ts';
import { ReadingBatch } from '../readings/reading-batch.ts';
import type { HttpApp, HttpServices } from './http-app.ts';
import { parseNdjson } from './ndjson.ts';
import { badRequest } from './problem.ts';
import { requestBody } from './request-body.ts';
import { validationErrors } from './validation-errors.ts';

type ValidReading = z.output<typeof zHeartRateReading>;

const batchOf = (readings: readonly ValidReading[]): ReadingBatch => {
  const batch = new ReadingBatch();
  for (const { user_id, device_id, timestamp, heart_rate } of readings) {
    batch.add(user_id, device_id, timestamp, heart_rate);
  }
  return batch;
};

/** How many readings the issues are about, those of a batch being at `readings.<index>`. */
const countRejected = (issues: readonly z.core.$ZodIssue[]): number =>
  new Set(issues.map(({ path: [field, index] }) => (field === 'readings' ? index : 0))).size;

const isNdjson = (c: Context): boolean =>
  /^application\/x-ndjson\s*(;|$)/i.test(c.req.header('content-type') ?? '');

/** `POST /metrics/heart-rate` and `POST /metrics/heart-rate/batch`. */
export const mountIngest = (app: HttpApp, services: HttpServices): void => {
  const { store, metrics, maxBodyBytes } = services;
  const middleware = requestBody(maxBodyBytes);

  const refuse = (c: Context, issues: readonly z.core.$ZodIssue[], body: unknown) => {
    metrics.readingsRejected.inc(countRejected(issues));
    return badRequest(c, validationErrors(issues, body, 'json'));
  };

  const accept = async (readings: readonly ValidReading[]): Promise<number> => {
    await store.append(batchOf(readings));
    metrics.readingsAccepted.inc(readings.length);
    return readings.length;
  };

  const acceptBatch = async (c: Context, readings: readonly ValidReading[]) =>
    c.json({ status: 'accepted' as const, count: await accept(readings) }, 200);

  const ingestLines = async (c: Context) => {
    const body = parseNdjson(await c.req.text());
    const result = zHeartRateBatch.safeParse(body);
    if (!result.success) return refuse(c, result.error.issues, body);
    return acceptBatch(c, result.data.readings);
  };

  app.openapi(
    { ...routes.ingestHeartRate, middleware },
    async (c) => {
      await accept([c.req.valid('json')]);
      return c.json({ status: 'accepted' as const }, 200);
    },
    (result, c) => {
      if (result.success || result.target !== 'json') return app.defaultHook?.(result, c);
      return refuse(c, result.error.issues, 'data' in result ? result.data : undefined);
    },
  );

  app.openapi(
    { ...routes.ingestHeartRateBatch, middleware },
    (c) => acceptBatch(c, c.req.valid('json').readings),
    (result, c) => {
      if (result.success || result.target !== 'json') return app.defaultHook?.(result, c);
      // The router has no validator for lines. Its JSON one never accepts them and asks here.
      if (isNdjson(c)) return ingestLines(c);
      return refuse(c, result.error.issues, 'data' in result ? result.data : undefined);
    },
  );
};
