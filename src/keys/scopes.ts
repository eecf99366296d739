/** What a key may allow; the contract says of each operation which of them it takes. */
export const SCOPES = ['ingest', 'read', 'erase', 'metrics'] as const;

export type Scope = (typeof SCOPES)[number];

export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text);
