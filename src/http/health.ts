import * as routes from '../../generated/routes.ts';
import type { HttpApp, HttpServices } from './http-app.ts';
import { unavailable } from './problem.ts';

const RETRY_AFTER_SECONDS = 5;

/** `GET /health`, `/livez` and `/readyz` */
export const mountHealth = (app: HttpApp, { store, version }: HttpServices): void => {
  app.openapi(routes.getLiveness, (c) => c.json({ status: 'ok' as const }, 200));

  app.openapi(routes.getReadiness, (c) => {
    const { state, reasons } = store.health();
    if (state === 'unavailable') return unavailable(c, reasons.join(' '), RETRY_AFTER_SECONDS);
    return c.json({ status: state, reasons: [...reasons] }, 200);
  });

  app.openapi(routes.getHealth, (c) => {
    const { state, reasons, unflushedReadings, segments, parts } = store.health();
    if (state === 'unavailable') return unavailable(c, reasons.join(' '), RETRY_AFTER_SECONDS);
    const storage = { unflushed_readings: unflushedReadings, segments, parts };
    return c.json(
      { status: state, reasons: [...reasons], version, uptime_seconds: process.uptime(), storage },
      200,
    );
  });
};
