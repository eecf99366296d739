import type { Context, Next } from 'hono';
import type { AuditEvent } from '../../audit/audit-event.ts';
import { type AuditLog, AuditUnavailableError } from '../../audit/audit-log.ts';
import type { HttpEnv } from '../http-app.ts';
import type { ClientAddresses } from '../rate-limit/client-address.ts';
import { fullBucket } from '../rate-limit/rate-limiter.ts';
import { unavailable } from '../responses/problem.ts';
import { type AuditedOperation, askedEvent, claimOf } from './asked-event.ts';

/**
 * So many refusals of requests without a valid key are recorded, at once and in a second: anybody
 * could otherwise fill the log with them until it has nothing else any more.
 */
const UNKNOWN = { burst: 100, perSecond: 1 };

const RETRY_AFTER_SECONDS = 1;

/** Whether a response tells something of a person's readings, be it that there are none. */
const isTelling = (status: number): boolean => status < 400 || status === 404;

const refusal = (c: Context<HttpEnv>): Response =>
  unavailable(c, 'The audit log cannot be written.', RETRY_AFTER_SECONDS);

/**
 * Records what is done with readings, and refuses what cannot be recorded: health data that somebody
 * saw without a trace cannot be unseen, while a refusal is over when the log can be written again.
 */
export class AuditTrail {
  readonly #log: AuditLog;
  readonly #addresses: ClientAddresses;
  readonly #unknown = fullBucket(UNKNOWN);
  #omitted = 0;

  constructor(log: AuditLog, addresses: ClientAddresses) {
    this.#log = log;
    this.#addresses = addresses;
  }

  /** Records the response to a request before it leaves, or puts a 503 in its place. */
  async answered(c: Context<HttpEnv>, next: Next, operation: AuditedOperation): Promise<void> {
    await next();
    const { status } = c.res;
    // It was not looked at, and the log would grow by as much as a client likes to send.
    if (status === 429) return;
    const event = this.#answer(c, operation, status);
    if (event === undefined) return;
    try {
      // What takes a person's readings away, or takes them all, is worth the wait for the disk.
      const isGrave = operation.action === 'erase' || operation.action === 'export';
      if (isGrave && status < 300) await this.#log.recordDurably(event);
      else this.#log.record(event);
    } catch (error) {
      if (!(error instanceof AuditUnavailableError)) throw error;
      if (isTelling(status)) await refuse(c);
      return;
    }
    const sent = c.get('sent') ?? c.get('followed');
    if (sent === undefined) return;
    const ended = sent.then((outcome) => this.#ended(c, { ...event, event: 'ended', outcome }));
    this.#log.stayOpenUntil(ended);
  }

  /** Records durably that an erasure was asked for before anything is erased; else it is refused. */
  async asked(c: Context<HttpEnv>, next: Next, operation: AuditedOperation) {
    try {
      const asked = askedEvent(c, operation, this.#addresses);
      await this.#log.recordDurably({ event: 'asked', ...asked });
    } catch (error) {
      if (error instanceof AuditUnavailableError) return refusal(c);
      throw error;
    }
    return next();
  }

  /** Undefined when it is left out. */
  #answer(
    c: Context<HttpEnv>,
    operation: AuditedOperation,
    status: number,
  ): AuditEvent | undefined {
    const asked = askedEvent(c, operation, this.#addresses);
    const readings = operation.action === 'erase' ? c.get('readings') : undefined;
    const answered = {
      event: 'answered' as const,
      ...asked,
      status,
      ...(readings === undefined ? {} : { readings }),
    };
    if (status === 403) return { ...answered, denied: true };
    if (status !== 401) return answered;
    if (!this.#unknown.tryRemoveTokens(1)) {
      this.#omitted++;
      return undefined;
    }
    const omitted = this.#omitted;
    this.#omitted = 0;
    const left = omitted === 0 ? {} : { omitted };
    return { ...answered, ...claimOf(c), denied: true, ...left };
  }

  /** That it began has been recorded; the log tells of its failures itself. */
  #ended(c: Context<HttpEnv>, event: AuditEvent): void {
    const readings = c.get('readings');
    try {
      this.#log.record({ ...event, ...(readings === undefined ? {} : { readings }) });
    } catch (error) {
      if (!(error instanceof AuditUnavailableError)) throw error;
    }
  }
}

/** What the response says of who may read it, and not of what is in it. */
const OF_ORIGIN = /^(access-control-.*|vary)$/;

/** Puts a 503 in the place of the response that there is. */
const refuse = async (c: Context<HttpEnv>): Promise<void> => {
  const { res } = c;
  await res.body?.cancel();
  const kept = [...res.headers].filter(([name]) => OF_ORIGIN.test(name));
  // What comes after has all headers of what is there, which is why these alone are left.
  c.res = undefined;
  c.res = new Response(null, { headers: kept });
  c.res = refusal(c);
};
