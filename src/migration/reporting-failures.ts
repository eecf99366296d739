import type { StoreObserver } from '../storage/store-observer.ts';
import { messageOf } from '../thrown.ts';

const nothing = (): void => undefined;
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Tells a person what a store says of failures, and nothing of its work. */
export const reportingFailures: StoreObserver = {
  committed: nothing,
  flushed: nothing,
  compacted: nothing,
  recovered: nothing,
  erased: nothing,
  expiring: nothing,
  expired: nothing,
  clockAhead: nothing,
  quarantined: ({ file, cause }) => say(`${file} is damaged: ${cause}`),
  failed: ({ what, error }) => say(`${what}: ${messageOf(error)}`),
  threadLost: ({ thread, error }) => say(`the ${thread} thread ended: ${messageOf(error)}`),
};
