import type { Bench } from '../bench.ts';
import type { LoadResult } from '../load/job.ts';
import { FIRST_DAY_MS } from '../stored-days.ts';

/** Sends single readings by 64 connections to one address after the other, never one of them twice. */
export const singlePosts = (
  { options, load }: Pick<Bench, 'options' | 'load'>,
  apiKey?: string,
) => {
  let sent = 0;
  /** Rejects when a reading was not taken. */
  return async (url: string, durationMs: number): Promise<LoadResult> => {
    const requests = {
      kind: 'readings',
      format: 'single',
      size: 1,
      users: options.users,
      firstDayMs: FIRST_DAY_MS,
      firstRequest: sent,
      ...(apiKey === undefined ? {} : { apiKey }),
    } as const;
    const result = await load.run({ url, connections: 64, requests, durationMs });
    sent += result.sent;
    if (result.otherStatuses.size > 0) throw new Error(`${url} refused single readings`);
    return result;
  };
};

export const ratePerSecond = ({ latenciesMs, wallMs }: LoadResult): number =>
  (latenciesMs.length * 1000) / wallMs;
