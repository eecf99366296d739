import * as routes from '../../generated/routes.ts';
import type { HttpApp, HttpServices } from './http-app.ts';
import { problem } from './problem.ts';

/** `DELETE /metrics/heart-rate` */
export const mountErasure = (app: HttpApp, { store, series }: HttpServices): void => {
  app.openapi(routes.eraseUser, async (c) => {
    const { user_id } = c.req.valid('query');
    const count = await store.erase(user_id);
    await series.forget(user_id);
    if (count === 0)
      return problem(c, 'no-readings', { detail: 'There are no readings of this user.' });
    return c.json({ status: 'erased' as const, count }, 200);
  });
};
