import {
  WorkerCalls,
  type WorkerCallsOptions,
  WorkerLostError,
} from '../../storage/worker-calls.ts';
import type { DeviceOrder } from '../device-order.ts';
import type { RunReader, RunReaderMethods } from './run-reader.ts';

const WORKER = new URL('./reader-worker.js', import.meta.url);

/**
 * Reads in a worker thread. A query leaves some forty native objects of Polars behind, which are
 * all freed in one go when the garbage collector comes: at 500 queries a second that is a pause of
 * 25 ms every second, which here nobody's POST waits for. What was under way when the thread was
 * lost is read once more, as reading changes nothing; not a third time, if that is what killed it.
 */
export const workerReader = (
  order: DeviceOrder,
  onLost?: WorkerCallsOptions['onLost'],
): RunReader => {
  const calls = new WorkerCalls<RunReaderMethods>(WORKER, { workerData: order, onLost });
  calls.start();
  const call: typeof calls.call = async (method, argument) => {
    try {
      return await calls.call(method, argument);
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      return calls.call(method, argument);
    }
  };
  return {
    read: (job) => call('read', job),
    explain: (job) => call('explain', job),
    latest: (source) => call('latest', source),
    devices: (source) => call('devices', source),
    count: (source) => call('count', source),
    readings: (job) => call('readings', job),
    close: () => calls.close(),
  };
};
