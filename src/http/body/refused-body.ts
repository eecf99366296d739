import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../http-app.ts';

const refusals = new WeakMap<IncomingMessage, Refusal>();

/**
 * Notes that the rest of a body will not come, because the parser refused it. Whoever reads the
 * body learns of it; a request that needs none is not affected.
 */
export const refuseBody = (incoming: IncomingMessage, refusal: Refusal): void => {
  refusals.set(incoming, refusal);
  // The parser leaves the stream as it is. Without a listener an error would end the process.
  const tell = () =>
    incoming.listenerCount('error') > 0 && incoming.emit('error', new Error(refusal.detail));
  // Who has begun to read in this turn, with the head that came beside it, may listen only at its end.
  if (!tell()) setImmediate(tell);
};

/** Why the rest of a body will not come. */
export const refusalOfBody = (incoming: IncomingMessage): Refusal | undefined =>
  refusals.get(incoming);
