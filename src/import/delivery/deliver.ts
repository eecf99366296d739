import {
  HeartRateApiError,
  type HeartRateClient,
  type Reading,
} from '../../../client/src/index.ts';

/** A reading, and where it came from. */
export interface Sourced {
  readonly reading: Reading;
  readonly input: string;
  readonly place: string;
  readonly row: unknown;
}

/** What the service did not take, and why. */
export interface Refused {
  readonly sourced: Sourced;
  readonly reason: string;
}

interface ItemError {
  readonly pointer: string;
  readonly detail: string;
}

const INDEX = /^\/readings\/(\d+)/;

/** Has the service take what it can of a batch; tells how many are invalid, and lists some. */
const send = async (
  client: HeartRateClient,
  batch: readonly Sourced[],
): Promise<{ readonly rejected: number; readonly errors: readonly ItemError[] }> => {
  const readings = batch.map(({ reading }) => reading);
  try {
    return await client.ingestBatch(readings, { onInvalid: 'skip' });
  } catch (error) {
    const isInvalid = error instanceof HeartRateApiError && error.status === 400;
    const errors = isInvalid ? (error.problem.errors ?? []) : [];
    if (!errors.some(({ pointer }) => INDEX.test(pointer))) throw error;
    return { rejected: batch.length, errors };
  }
};

/**
 * Has the service store a batch, and resolves with the readings that it refused, once the others
 * are durable. It lists the first refusals alone; where there are more, the batch is sent again in
 * halves, which changes nothing about what is stored already.
 */
export const deliver = async (
  client: HeartRateClient,
  batch: readonly Sourced[],
): Promise<readonly Refused[]> => {
  if (batch.length === 0) return [];
  const { rejected, errors } = await send(client, batch);
  const refused = new Map<number, string>();
  for (const { pointer, detail } of errors) {
    const index = INDEX.exec(pointer)?.[1];
    if (index !== undefined && !refused.has(Number(index))) refused.set(Number(index), detail);
  }
  if (refused.size === rejected) {
    return [...refused].flatMap(([index, reason]) => {
      const sourced = batch[index];
      return sourced === undefined ? [] : { sourced, reason };
    });
  }
  if (batch.length === 1) throw new Error('The service refused a reading and did not say why.');
  const middle = Math.ceil(batch.length / 2);
  const first = await deliver(client, batch.slice(0, middle));
  return [...first, ...(await deliver(client, batch.slice(middle)))];
};
