import type { RouteHandler, z } from '@hono/zod-openapi';
import * as routes from '../../../generated/routes.ts';
import type { zAccepted, zBatchAccepted } from '../../../generated/zod/zod.gen.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { type ReadingBodyEnv, readingBody, withoutBody } from '../body/reading-body.ts';
import type { ReceivedReadings } from '../body/received-readings.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { plainJson } from '../responses/plain-json.ts';
import { ProblemException } from '../responses/problem.ts';

const ACCEPTED = JSON.stringify({ status: 'accepted' });

/** `POST /metrics/heart-rate` and `POST /metrics/heart-rate/batch`. */
export const mountIngest = (app: HttpApp, services: HttpServices): void => {
  const { store, metrics } = services;

  const append = async (batch: ReadingBatch): Promise<number> => {
    await store.append(batch);
    metrics.readingsAccepted.inc(batch.size);
    return batch.size;
  };

  /** All readings of a body; ends the request with a 400 when one of them is invalid. */
  const allOf = ({ batch, invalidCount, errors }: ReceivedReadings): ReadingBatch => {
    if (invalidCount === 0) return batch;
    metrics.readingsRejected.inc(invalidCount);
    throw new ProblemException('invalid-request', 'Some readings are not valid.', errors);
  };

  const ingestReading: RouteHandler<typeof routes.ingestHeartRate, ReadingBodyEnv> = async (c) => {
    await append(allOf(c.get('received')));
    return plainJson<z.output<typeof zAccepted>>(c, ACCEPTED);
  };

  const ingestBatch: RouteHandler<typeof routes.ingestHeartRateBatch, ReadingBodyEnv> = async (
    c,
  ) => {
    const count = await append(allOf(c.get('received')));
    return plainJson<z.output<typeof zBatchAccepted>>(c, `{"status":"accepted","count":${count}}`);
  };

  app.openapi(
    {
      ...withoutBody(app, routes.ingestHeartRate),
      middleware: readingBody(routes.ingestHeartRate, services, ingestReading),
    },
    ingestReading,
  );
  app.openapi(
    {
      ...withoutBody(app, routes.ingestHeartRateBatch),
      middleware: readingBody(routes.ingestHeartRateBatch, services, ingestBatch),
    },
    ingestBatch,
  );
};
