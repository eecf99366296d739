/** The worker thread's side of {@link workerReader}. */
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../../storage/worker-calls.ts';
import type { DeviceOrder } from '../device-order.ts';
import { runReader } from './read-runs.ts';
import type { RunReaderMethods } from './run-reader.ts';

answerCalls<RunReaderMethods>(runReader(workerData as DeviceOrder));
