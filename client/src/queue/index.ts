export type { QueueStore } from './queue-store.ts';
export {
  createReadingQueue,
  type FailedSending,
  type QueueError,
  type ReadingQueue,
  type ReadingQueueOptions,
} from './reading-queue.ts';
export type { RejectedReadings } from './rejected.ts';
export { QueueFullError } from './waiting-readings.ts';
