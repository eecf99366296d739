import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../scratch.ts';
import type { LoadJob, LoadResult } from './job.ts';

const LOAD_PROCESS = fileURLToPath(new URL('load-process.ts', import.meta.url));

type Reply = { readonly result: LoadResult } | { readonly failure: string };

/** A process that makes load, one job at a time. */
export class LoadGenerator {
  readonly #child: ChildProcess = fork(LOAD_PROCESS, { serialization: 'advanced' });

  constructor() {
    endWithUs(this.#child);
  }

  /** Rejects when a connection fails; an answer other than 200 is part of the result. */
  async run(job: LoadJob): Promise<LoadResult> {
    this.#child.send(job);
    const [reply] = (await once(this.#child, 'message')) as [Reply];
    if ('failure' in reply) throw new Error(`load on ${job.url}: ${reply.failure}`);
    return reply.result;
  }

  close(): void {
    this.#child.disconnect();
  }
}
