import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { releaseFrames } from '../../src/storage/native-memory.ts';

interface Entry {
  readonly detail: NodeGCPerformanceDetail;
}

it('garbage is collected after every 40 MiB of frames, and not for each of them', async () => {
  let forced = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries() as unknown as Entry[]) {
      const { flags = 0 } = detail as NodeGCPerformanceDetail;
      if (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) forced++;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  // What other tests have left over.
  releaseFrames(40 * 2 ** 20);
  for (let i = 0; i < 12; i++) releaseFrames(10 * 2 ** 20);
  for (let i = 0; i < 10; i++) await setImmediate();
  observer.disconnect();
  expect(forced).toBe(4);
});
