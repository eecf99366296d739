import type { Context } from 'hono';
import type { KeyRefusal } from '../../keys/key-ring.ts';
import type { Scope } from '../../keys/scopes.ts';
import type { HttpEnv } from '../http-app.ts';
import { type ProblemError, problem } from './problem.ts';

const REALM = 'Bearer realm="heart-rate"';

const DETAILS: Readonly<Record<KeyRefusal, string>> = {
  missing: 'The service asks for an API key: Authorization: Bearer <key>.',
  invalid: 'The API key is not valid.',
  expired: 'The API key has expired.',
  revoked: 'The API key has been revoked.',
};

/** 401. Of a request that brought no key there is no `error` to tell (RFC 6750, 3). */
export const unauthorized = (c: Context<HttpEnv>, refusal: KeyRefusal) => {
  const isMissing = refusal === 'missing';
  c.header('WWW-Authenticate', isMissing ? REALM : `${REALM}, error="invalid_token"`);
  return problem(c, 'unauthorized', { detail: DETAILS[refusal] });
};

/** 403: the key is valid, and allows too little. */
export const forbidden = (
  c: Pick<Context<HttpEnv>, 'get' | 'header' | 'json'>,
  scope: Scope,
  extra: { readonly detail: string; readonly errors?: ProblemError[] },
) => {
  c.header('WWW-Authenticate', `${REALM}, error="insufficient_scope", scope="${scope}"`);
  return problem(c, 'forbidden', extra);
};
