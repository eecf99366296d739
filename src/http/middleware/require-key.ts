import { createMiddleware } from 'hono/factory';
import type { ApiKeys } from '../../keys/key-ring.ts';
import type { Scope } from '../../keys/scopes.ts';
import type { HttpEnv } from '../http-app.ts';
import { soleHeaderOf } from '../request-headers.ts';
import { forbidden, unauthorized } from '../responses/key-refusals.ts';

// Not async, both: one more promise for each reading is 1 % of what it takes.

/** Sets `key`, or why there is none; it refuses nothing. */
export const identify = (keys: ApiKeys) =>
  createMiddleware<HttpEnv>((c, next) => {
    const key = keys.authenticate(soleHeaderOf(c, 'authorization'));
    if (typeof key === 'string') c.set('keyRefusal', key);
    else c.set('key', key);
    return next();
  });

/** Lets those pass whose key has the scope; others get a 401 or a 403. Behind {@link identify}. */
export const requireKey = (scope: Scope) =>
  createMiddleware<HttpEnv>((c, next) => {
    const key = c.get('key');
    if (key === undefined) return Promise.resolve(unauthorized(c, c.get('keyRefusal')));
    if (key.allows(scope)) return next();
    const detail = `The API key does not have the scope ${scope}.`;
    return Promise.resolve(forbidden(c, scope, { detail }));
  });
