import { createMiddleware } from 'hono/factory';
import type { ApiKeys } from '../../keys/key-ring.ts';
import type { Scope } from '../../keys/scopes.ts';
import type { HttpEnv } from '../http-app.ts';
import { soleHeaderOf } from '../request-headers.ts';
import { forbidden, unauthorized } from '../responses/key-refusals.ts';

/** Lets those pass whose key has the scope, and sets `key`; others get a 401 or a 403. */
export const requireKey = (keys: ApiKeys, scope: Scope) =>
  // Not async: one more promise for each reading is 1 % of what it takes.
  createMiddleware<HttpEnv>((c, next) => {
    const key = keys.authenticate(soleHeaderOf(c, 'authorization'));
    if (typeof key === 'string') return Promise.resolve(unauthorized(c, key));
    c.set('key', key);
    if (key.allows(scope)) return next();
    const detail = `The API key does not have the scope ${scope}.`;
    return Promise.resolve(forbidden(c, scope, { detail }));
  });
