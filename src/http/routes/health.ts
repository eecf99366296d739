import * as routes from '../../../generated/routes.ts';
import type { StoreHealth } from '../../storage/reading-store.ts';
import type { HttpApp, HttpServices } from '../http-app.ts';
import { commonHeaders } from '../responses/common-headers.ts';
import { unavailable } from '../responses/problem.ts';

const RETRY_AFTER_SECONDS = 5;

/** `GET /health`, `/livez` and `/readyz` */
export const mountHealth = (app: HttpApp, { store, problems, version }: HttpServices): void => {
  const healthNow = (): StoreHealth => {
    const health = store.health();
    const others = problems();
    if (others.length === 0) return health;
    const state = health.state === 'ok' ? 'degraded' : health.state;
    return { ...health, state, reasons: [...health.reasons, ...others] };
  };

  app.openapi(routes.getLiveness, (c) => c.json({ status: 'ok' as const }, 200, commonHeaders(c)));

  app.openapi(routes.getReadiness, (c) => {
    const { state, reasons } = healthNow();
    if (state === 'unavailable') return unavailable(c, reasons.join(' '), RETRY_AFTER_SECONDS);
    return c.json({ status: state, reasons: [...reasons] }, 200, commonHeaders(c));
  });

  app.openapi(routes.getHealth, (c) => {
    const health = healthNow();
    const { state, reasons } = health;
    if (state === 'unavailable') return unavailable(c, reasons.join(' '), RETRY_AFTER_SECONDS);
    const storage = {
      unflushed_readings: health.unflushedReadings,
      oldest_unflushed_seconds: health.oldestUnflushedMs / 1000,
      segments: health.segments,
      parts: health.parts,
      most_parts_of_day: health.mostPartsOfDay,
      merge_debt_bytes: health.mergeDebtBytes,
      current_step_seconds: health.currentStepMs / 1000,
    };
    return c.json(
      { status: state, reasons: [...reasons], version, uptime_seconds: process.uptime(), storage },
      200,
      commonHeaders(c),
    );
  });
};
