/** The methods that routes may have; HEAD and OPTIONS follow from them. */
export const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];
const KNOWN = new Set([...METHODS, 'HEAD', 'OPTIONS']);

/** The method, or `other`: anybody can invent methods, and each would be a label of its own. */
export const knownMethod = (method: string | undefined): string =>
  method !== undefined && KNOWN.has(method) ? method : 'other';
