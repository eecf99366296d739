import type { Context } from 'hono';
import type { AuditEvent } from '../../audit/audit-event.ts';
import type { Action } from '../../audit/audits.ts';
import { claimedIdIn } from '../../keys/token.ts';
import { formatTimestamp, parseTimestamp } from '../../readings/timestamp.ts';
import type { HttpEnv } from '../http-app.ts';
import { deviceWithinBounds, isWithinBounds } from '../key-bounds.ts';
import type { ClientAddresses } from '../rate-limit/client-address.ts';
import { soleHeaderOf } from '../request-headers.ts';
import { plusFromBlank } from '../schema/timestamp-schema.ts';

/** Longer than any id that the contract allows, in UTF-16 code units. What is not valid is cut. */
const MAX_ID_LENGTH = 256;

/** An operation of the contract that is audited. */
export interface AuditedOperation {
  readonly action: Action;
  readonly operationId: string;
  /** Whether its requests may name a device; elsewhere that is a mistake and asks for none. */
  readonly takesDevice: boolean;
}

type Asked = Omit<AuditEvent, 'event' | 'status' | 'omitted' | 'outcome' | 'readings'>;

/** An instant as responses spell it; undefined when the text is none. */
const instantIn = (text: string | undefined): string | undefined => {
  const micros = text === undefined ? undefined : parseTimestamp(String(plusFromBlank(text)));
  return micros === undefined ? undefined : formatTimestamp(micros);
};

/**
 * What a request asks for, and who asks, whether or not it is valid or gets it. Whatever else its
 * query says is left out, and so is the key.
 */
export const askedEvent = (
  c: Context<HttpEnv>,
  { action, operationId, takesDevice }: AuditedOperation,
  addresses: ClientAddresses,
): Asked => {
  const key = c.get('key');
  // An empty id is nobody's.
  const query = (name: string) => c.req.query(name) || undefined;
  const userId = query('user_id');
  const deviceId = deviceWithinBounds(key, takesDevice ? query('device_id') : undefined);
  const start = instantIn(query('start'));
  const end = instantIn(query('end'));
  const isOthers = userId !== undefined && !isWithinBounds(key, userId, deviceId);
  return {
    action,
    operation: operationId,
    key: key?.id ?? null,
    client: addresses.addressOf(c) ?? null,
    request_id: c.get('requestId'),
    user_id: userId?.slice(0, MAX_ID_LENGTH) ?? null,
    ...(deviceId === undefined ? {} : { device_id: deviceId.slice(0, MAX_ID_LENGTH) }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(isOthers ? { denied: true } : {}),
  };
};

/** What a request without a valid key says of itself: who claims to be whose key. */
export const claimOf = (c: Context<HttpEnv>): Pick<AuditEvent, 'claimed_key'> => {
  const claimed = claimedIdIn(soleHeaderOf(c, 'authorization') ?? '');
  return claimed === undefined ? {} : { claimed_key: claimed };
};
