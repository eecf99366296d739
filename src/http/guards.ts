import * as routes from '../../generated/routes.ts';
import { isScope, type Scope } from '../keys/scopes.ts';
import type { HttpApp } from './http-app.ts';
import { requireKey } from './middleware/require-key.ts';

/** The one scheme of the contract, and what of it is enforced. */
const SCHEME = 'ApiKey';

interface GuardedRoute {
  readonly operationId?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/**
 * The scope that a route of the contract asks for; undefined when it is open to all.
 * @throws Error when it asks for what is not enforced here, or does not say.
 */
export const scopeOf = ({ operationId, security }: GuardedRoute): Scope | undefined => {
  if (security?.length === 0) return undefined;
  const [[scheme, scopes] = [], ...others] = Object.entries(security?.[0] ?? {});
  const scope = scopes?.[0] ?? '';
  const isKnown = scheme === SCHEME && others.length === 0 && security?.length === 1;
  if (isKnown && scopes?.length === 1 && isScope(scope)) return scope;
  throw new Error(`${operationId}: nothing enforces the security ${JSON.stringify(security)}`);
};

/**
 * Puts before every operation of the contract what its `security` asks for: before all of them
 * here, so that none can be mounted without. Nobody is asked for a key unless `asksForKeys`.
 */
export const mountGuards = (app: HttpApp, asksForKeys: boolean): void => {
  app.openAPIRegistry.registerComponent('securitySchemes', SCHEME, {
    type: 'http',
    scheme: 'bearer',
  });
  for (const route of Object.values(routes)) {
    const scope = scopeOf(route);
    if (scope === undefined || !asksForKeys) continue;
    app.on(route.method, route.getRoutingPath(), requireKey(scope));
  }
};
