/**
 * Measures what this machine and the service do together, one workload at a time, and prints it
 * beside the goals. It decides nothing: the exit code is 0 whatever the figures are.
 */
import { writeFileSync } from 'node:fs';
import type { Bench, Workload } from './bench.ts';
import type { Figure } from './figure.ts';
import { LoadGenerator } from './load/load-generator.ts';
import { describeMachine, machineText } from './machine.ts';
import { type BenchOptions, readOptions, USAGE, UsageError } from './options.ts';
import { Progress } from './progress.ts';
import { reportJson, reportTable } from './report.ts';
import { StoredDays } from './stored-days.ts';
import { batch } from './workloads/batch.ts';
import { day } from './workloads/day.ts';
import { daySimulation } from './workloads/day-simulation.ts';
import { erasure } from './workloads/erasure.ts';
import { exported } from './workloads/export.ts';
import { guarded } from './workloads/guarded.ts';
import { lateData } from './workloads/late-data.ts';
import { latest } from './workloads/latest.ts';
import { live } from './workloads/live.ts';
import { mixed } from './workloads/mixed.ts';
import { moreStored } from './workloads/more-stored.ts';
import { single } from './workloads/single.ts';
import { size } from './workloads/size.ts';
import { soak } from './workloads/soak.ts';
import { startUp } from './workloads/start-up.ts';
import { year } from './workloads/year.ts';
import { yearSync } from './workloads/year-sync.ts';

const WORKLOADS: readonly Workload[] = [
  single,
  batch,
  day,
  moreStored,
  mixed,
  size,
  soak,
  startUp,
  lateData,
  yearSync,
  year,
  erasure,
  daySimulation,
  latest,
  live,
  exported,
  guarded,
];

const optionsOrExit = (): BenchOptions => {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== 'help') return options;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
};

const options = optionsOrExit();
const machine = await describeMachine();
const progress = new Progress(process.stderr);
const load = new LoadGenerator();
const otherLoad = new LoadGenerator();
const stored = new StoredDays(load);
const figures: Figure[] = [];
for (const number of options.only) {
  const bench: Bench = {
    options,
    load,
    otherLoad,
    stored,
    step: (text) => progress.step(`${number}/${WORKLOADS.length}  ${text}`),
  };
  figures.push(...(await (WORKLOADS[number - 1] as Workload)(bench)));
}
progress.end();
load.close();
otherLoad.close();

const text = `${machineText(machine)}\n\n${reportTable(figures)}\n`;
const json = reportJson(machine, figures);
if (options.json === '-') {
  process.stderr.write(text);
  process.stdout.write(json);
} else {
  process.stdout.write(text);
  if (options.json !== undefined) {
    writeFileSync(options.json, json);
    process.stdout.write(`\nas JSON: ${options.json}\n`);
  }
}
