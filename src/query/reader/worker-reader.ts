import { WorkerCalls, type WorkerCallsOptions } from '../../storage/worker-calls.ts';
import type { DeviceOrder } from '../device-order.ts';
import type { RunReader, RunReaderMethods } from './run-reader.ts';

const WORKER = new URL('./reader-worker.js', import.meta.url);

/**
 * Reads in a worker thread. A query leaves some forty native objects of Polars behind, which are
 * all freed in one go when the garbage collector comes: at 500 queries a second that is a pause of
 * 25 ms every second, which here nobody's POST waits for.
 */
export const workerReader = (
  order: DeviceOrder,
  onLost?: WorkerCallsOptions['onLost'],
): RunReader => {
  const calls = new WorkerCalls<RunReaderMethods>(WORKER, { workerData: order, onLost });
  calls.start();
  return {
    read: (job) => calls.read('read', job),
    explain: (job) => calls.read('explain', job),
    latest: (source) => calls.read('latest', source),
    devices: (job) => calls.read('devices', job),
    count: (source) => calls.read('count', source),
    readings: (job) => calls.read('readings', job),
    close: () => calls.close(),
  };
};
