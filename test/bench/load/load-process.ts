/** A process of its own for load, so that it shares its event loop with nothing it measures. */
import type { LoadJob } from './job.ts';
import { runJob } from './run-job.ts';

process.on('message', async (job: LoadJob) => {
  try {
    process.send?.({ result: await runJob(job) });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? error.message : String(error) });
  }
});
