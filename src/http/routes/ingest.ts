import type { RouteHandler } from '@hono/zod-openapi';
import type { components } from '../../../generated/openapi-types.ts';
import * as routes from '../../../generated/routes.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { type ReadingBodyEnv, readingBody, withoutBody } from '../body/reading-body.ts';
import { allOf, validOf } from '../body/received-readings.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { plainJson } from '../responses/plain-json.ts';

type Accepted = components['schemas']['Accepted'];
type BatchAccepted = components['schemas']['BatchAccepted'];

const ACCEPTED = JSON.stringify({ status: 'accepted' } satisfies Accepted);

/** `POST /metrics/heart-rate` and `POST /metrics/heart-rate/batch`. */
export const mountIngest = (app: HttpApp, services: HttpServices): void => {
  const { store, metrics } = services;

  const append = async (batch: ReadingBatch): Promise<number> => {
    await store.append(batch);
    metrics.readingsAccepted.inc(batch.size);
    return batch.size;
  };

  const ingestReading: RouteHandler<typeof routes.ingestHeartRate, ReadingBodyEnv> = async (c) => {
    await append(allOf(c.get('received')));
    return plainJson<Accepted>(c, ACCEPTED);
  };

  type BatchHandler = RouteHandler<typeof routes.ingestHeartRateBatch, ReadingBodyEnv>;
  const ingestBatch: BatchHandler = async (c) => {
    const received = c.get('received');
    const skips = c.req.valid('query').on_invalid === 'skip';
    const count = await append(skips ? validOf(received) : allOf(received));
    const { invalidCount: rejected, errors } = received;
    const body: BatchAccepted = { status: 'accepted', count, ...(skips && { rejected, errors }) };
    return plainJson<BatchAccepted>(c, JSON.stringify(body));
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
