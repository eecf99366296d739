const KNOWN = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** The method, or `other`: anybody can invent methods, and each would be a label of its own. */
export const knownMethod = (method: string | undefined): string =>
  method !== undefined && KNOWN.has(method) ? method : 'other';
