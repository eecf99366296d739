/** The worker thread's side of {@link workerParquetFiles}. */
import { answerCalls } from '../../storage/worker-calls.ts';
import { type ParquetFilesMethods, parquetFiles } from './parquet-files.ts';

answerCalls<ParquetFilesMethods>(parquetFiles());
