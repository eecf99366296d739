import { WorkerCalls } from '../../storage/worker-calls.ts';
import type { DeviceOrder } from '../device-order.ts';
import type { RunReader, RunReaderMethods } from './run-reader.ts';

const WORKER = new URL('./reader-worker.js', import.meta.url);

/**
 * Reads in a worker thread. A query leaves some forty native objects of Polars behind, which are
 * all freed in one go when the garbage collector comes: at 500 queries a second that is a pause of
 * 25 ms every second, which here nobody's POST waits for.
 */
export const workerReader = (order: DeviceOrder): RunReader => {
  const calls = new WorkerCalls<RunReaderMethods>(WORKER, order);
  calls.start();
  return {
    read: (job) => calls.call('read', job),
    explain: (job) => calls.call('explain', job),
    latest: (source) => calls.call('latest', source),
    devices: (source) => calls.call('devices', source),
    count: (source) => calls.call('count', source),
    readings: (job) => calls.call('readings', job),
    close: () => calls.close(),
  };
};
