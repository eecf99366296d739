import type { Action } from './audits.ts';

/** How the sending of a response ended. */
export type Ending =
  /** All of it was handed to the connection. */
  | 'complete'
  /** The client closed the connection before. */
  | 'left'
  /** The service broke it off. */
  | 'cut';

/** A line of the audit log, as it is spelled there, without its `time`. It never has a reading. */
export interface AuditEvent {
  readonly event: /** Before an erasure is carried out. */
    | 'asked'
    /** Before a response leaves. */
    | 'answered'
    /** When a response that is sent bit by bit is over. */
    | 'ended';
  readonly action: Action;
  /** The operation of the contract, by its id. */
  readonly operation: string;
  /** The id of the key; null without one that is valid. */
  readonly key: string | null;
  /** The id of what was sent in place of a valid key. Anybody can claim it. */
  readonly claimed_key?: string;
  /** The address of the client; null when its connection is gone. */
  readonly client: string | null;
  readonly request_id: string;
  /** Whose readings were asked for; null when the request did not say. */
  readonly user_id: string | null;
  readonly device_id?: string;
  readonly start?: string;
  readonly end?: string;
  readonly status?: number;
  /** The key is not for this, or there is none: what was asked for was not looked at. */
  readonly denied?: true;
  /** So many refusals before it, of requests without a valid key, were left out. */
  readonly omitted?: number;
  readonly outcome?: Ending;
  /** How many were erased or exported. */
  readonly readings?: number;
}
