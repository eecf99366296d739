import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFileText } from '../../../src/keys/key-file.ts';
import { testKey } from '../../support/test-keys.ts';
import type { Workload } from '../bench.ts';
import { inRounds, ofRounds, ratios } from '../rounds.ts';
import { removeScratchFolder, scratchFolder } from '../scratch.ts';
import { BenchedService, FLUSHED_OFTEN, type ServiceSettings } from '../service.ts';
import { ratePerSecond, singlePosts } from './single-posts.ts';

const WARM_UP_MS = 1_000;
const work = { workload: 17, work: 'single POST with API keys and a rate limit' } as const;

/** So high that nothing is refused; each request is counted all the same. */
const RATE_LIMIT: ServiceSettings = { RATE_LIMIT: '1000000', RATE_LIMIT_BURST: '10000000' };

/** Both services are sent the same bytes, the key included; one of them checks and counts. */
export const guarded: Workload = async ({ options, load, step }) => {
  const folder = scratchFolder();
  const file = join(folder, 'keys.json');
  const { entry, token: apiKey } = testKey({ user_prefixes: ['user_'] });
  writeFileSync(file, keyFileText([entry]));
  const open = new BenchedService(scratchFolder(), FLUSHED_OFTEN);
  const settings = { ...FLUSHED_OFTEN, ...RATE_LIMIT, API_KEYS_FILE: file };
  const checking = new BenchedService(scratchFolder(), settings, apiKey);
  const send = singlePosts({ options, load }, apiKey);

  const post = async (service: BenchedService, durationMs: number) => {
    const cpuSeconds = async () => (await service.metrics())('process_cpu_seconds_total');
    const before = await cpuSeconds();
    const result = await send(await service.ready, durationMs);
    return {
      perSecond: ratePerSecond(result),
      cpuMicros: (((await cpuSeconds()) - before) * 1e6) / result.latenciesMs.length,
    };
  };
  const turn = (name: string, service: BenchedService) => async () => {
    step(`single POSTs to a service ${name}`);
    await post(service, WARM_UP_MS);
    const result = await post(service, options.seconds * 1000);
    await service.settle();
    return result;
  };

  const results = await inRounds(options.rounds, {
    open: turn('without keys', open),
    checking: turn('with keys and a limit', checking),
  });
  await open.stop();
  await checking.stop();
  removeScratchFolder(folder);

  const rates = (of: keyof typeof results) => results[of].map(({ perSecond }) => perSecond);
  const cpu = (of: keyof typeof results) => results[of].map(({ cpuMicros }) => cpuMicros);
  return [
    { ...work, measure: 'rate', ...ofRounds(rates('checking')), unit: '/s' },
    { ...work, measure: 'rate without', ...ofRounds(rates('open')), unit: '/s' },
    { ...work, measure: 'CPU', ...ofRounds(cpu('checking')), unit: 'us' },
    { ...work, measure: 'CPU without', ...ofRounds(cpu('open')), unit: 'us' },
    {
      ...work,
      measure: 'CPU, of without',
      ...ofRounds(ratios(cpu('checking'), cpu('open'))),
      unit: 'x',
      goal: { under: 1.05 },
    },
  ];
};
