/** What is done with a person's readings that is written into the audit log. */
export const ACTIONS = ['read', 'stream', 'export', 'erase'] as const;
export type Action = (typeof ACTIONS)[number];

/** What an operation of the contract says of it (`x-audit`). */
export const AUDITS = ['none', ...ACTIONS] as const;
export type Audit = (typeof AUDITS)[number];

export const isAudit = (value: unknown): value is Audit => AUDITS.some((each) => each === value);
