import * as routes from '../../../generated/routes.ts';
import { type Audit, isAudit } from '../../audit/audits.ts';
import type { HttpApp } from '../http-app.ts';
import type { AuditedOperation } from './asked-event.ts';
import type { AuditTrail } from './audit-trail.ts';

interface DeclaredRoute {
  readonly operationId?: string;
  readonly 'x-audit'?: string;
}

/**
 * What a route of the contract says is audited of it.
 * @throws Error when it does not say, or what is not known here.
 */
export const auditOf = ({ operationId, 'x-audit': audit }: DeclaredRoute): Audit => {
  if (isAudit(audit)) return audit;
  throw new Error(`${operationId}: nothing audits as x-audit says: ${JSON.stringify(audit)}`);
};

/** The operations that are audited, of all that the contract has. */
const auditedRoutes = () =>
  Object.values(routes).flatMap((route) => {
    const action = auditOf(route);
    if (action === 'none') return [];
    const { operationId } = route;
    const takesDevice =
      'request' in route && 'query' in route.request && 'device_id' in route.request.query.shape;
    const operation: AuditedOperation = { action, operationId, takesDevice };
    return [{ method: route.method, path: route.getRoutingPath(), operation }];
  });

/**
 * Records every response to an audited operation: mounted before what refuses requests, so that
 * refusals are recorded, too. Without a `trail` nothing is.
 */
export const mountAnsweredAudit = (app: HttpApp, trail: AuditTrail | undefined): void => {
  for (const { method, path, operation } of auditedRoutes()) {
    if (trail !== undefined) app.on(method, path, (c, next) => trail.answered(c, next, operation));
  }
};

/** Records erasures before they are carried out: mounted behind what refuses requests. */
export const mountAskedAudit = (app: HttpApp, trail: AuditTrail | undefined): void => {
  for (const { method, path, operation } of auditedRoutes()) {
    if (trail === undefined || operation.action !== 'erase') continue;
    app.on(method, path, (c, next) => trail.asked(c, next, operation));
  }
};
