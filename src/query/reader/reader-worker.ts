/** The worker thread's side of {@link workerReader}. */
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../../storage/worker-calls.ts';
import type { DayReaderMethods } from './day-reader.ts';
import { inlineReader } from './inline-reader.ts';

answerCalls<DayReaderMethods>(inlineReader(workerData as readonly string[]));
