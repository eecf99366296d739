import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as routes from '../../../generated/routes.ts';
import { zHeartRateBatch, type zHeartRateReading } from '../../../generated/zod/zod.gen.ts';
import { ReadingBatch } from '../../readings/reading-batch.ts';
import { AgeLimit } from '../body/age-limit.ts';
import { parseNdjson } from '../body/ndjson.ts';
import { scanBatch, scanLines, scanReading } from '../body/reading-scanner.ts';
import { keepText, readBody } from '../body/request-body.ts';
import type { HttpApp, HttpEnv, HttpServices } from '../http-app.ts';
import { contentTypeOf } from '../request-headers.ts';
import { commonHeaders } from '../responses/common-headers.ts';
import { plainJson } from '../responses/plain-json.ts';
import { badRequest, type ProblemError } from '../responses/problem.ts';
import { validationErrors } from '../responses/validation-errors.ts';

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

const ACCEPTED = JSON.stringify({ status: 'accepted' });
const JSON_TYPE = /^application\/json(; ?charset=utf-8)?$/i;
const NDJSON_TYPE = /^application\/x-ndjson\s*(;|$)/i;

const hasType = (c: Context, type: RegExp): boolean => type.test(contentTypeOf(c) ?? '');

/** `POST /metrics/heart-rate` and `POST /metrics/heart-rate/batch`. */
export const mountIngest = (app: HttpApp, services: HttpServices): void => {
  const { store, metrics, maxBodyBytes, retentionDays } = services;
  const ageLimit = new AgeLimit(retentionDays);

  const accept = async (batch: ReadingBatch): Promise<number> => {
    await store.append(batch);
    metrics.readingsAccepted.inc(batch.size);
    return batch.size;
  };

  /**
   * The short road. A body in plain spelling, as programs write them, is taken in from its bytes.
   * Any other, be it right or wrong, goes on to JSON.parse and the contract's schemas; so does one
   * with readings that are too old, for somebody to say which.
   *
   * One middleware for reading and taking: each one more is 2 % of what a single reading takes.
   */
  const takePlain = (
    scan: (c: Context, body: Uint8Array) => ReadingBatch | undefined,
    answer: (count: number) => string,
  ) =>
    createMiddleware<HttpEnv>(async (c, next) => {
      const body = await readBody(c, maxBodyBytes);
      const batch = c.req.url.includes('?') ? undefined : scan(c, body);
      if (batch !== undefined && ageLimit.admits(batch)) {
        return plainJson(c, answer(await accept(batch)));
      }
      keepText(c, body);
      return next();
    });

  const takePlainReading = takePlain(
    (c, body) => (hasType(c, JSON_TYPE) ? scanReading(body) : undefined),
    () => ACCEPTED,
  );
  const takePlainBatch = takePlain(
    (c, body) => {
      if (hasType(c, JSON_TYPE)) return scanBatch(body);
      return hasType(c, NDJSON_TYPE) ? scanLines(body) : undefined;
    },
    (count) => `{"status":"accepted","count":${count}}`,
  );

  const refuse = (c: Context, issues: readonly z.core.$ZodIssue[], body: unknown) => {
    metrics.readingsRejected.inc(countRejected(issues));
    return badRequest(c, validationErrors(issues, body, 'json'));
  };

  const refuseOld = (c: Context, errors: readonly ProblemError[]) => {
    metrics.readingsRejected.inc(errors.length);
    return badRequest(c, errors);
  };

  const acceptBatch = async (c: Context, readings: readonly ValidReading[]) => {
    const timestamps = readings.map(({ timestamp }) => timestamp);
    const tooOld = ageLimit.errors(timestamps, (place) => `/readings/${place}/timestamp`);
    if (tooOld.length > 0) return refuseOld(c, tooOld);
    return c.json(
      { status: 'accepted' as const, count: await accept(batchOf(readings)) },
      200,
      commonHeaders(c),
    );
  };

  const ingestLines = async (c: Context) => {
    const body = parseNdjson(await c.req.text());
    const result = zHeartRateBatch.safeParse(body);
    if (!result.success) return refuse(c, result.error.issues, body);
    return acceptBatch(c, result.data.readings);
  };

  app.openapi(
    { ...routes.ingestHeartRate, middleware: takePlainReading },
    async (c) => {
      const reading = c.req.valid('json');
      const tooOld = ageLimit.errors([reading.timestamp], () => '/timestamp');
      if (tooOld.length > 0) return refuseOld(c, tooOld);
      await accept(batchOf([reading]));
      return c.json({ status: 'accepted' as const }, 200, commonHeaders(c));
    },
    (result, c) => {
      if (result.success || result.target !== 'json') return app.defaultHook?.(result, c);
      return refuse(c, result.error.issues, 'data' in result ? result.data : undefined);
    },
  );

  app.openapi(
    { ...routes.ingestHeartRateBatch, middleware: takePlainBatch },
    (c) => acceptBatch(c, c.req.valid('json').readings),
    (result, c) => {
      if (result.success || result.target !== 'json') return app.defaultHook?.(result, c);
      // The router has no validator for lines. Its JSON one never accepts them and asks here.
      if (hasType(c, NDJSON_TYPE)) return ingestLines(c);
      return refuse(c, result.error.issues, 'data' in result ? result.data : undefined);
    },
  );
};
