import { open } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { removeScratchFolder, scratchFolder } from './scratch.ts';
import { percentile } from './statistics.ts';

/** What the figures were taken on. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** How busy it was when it began; 0 where the system does not say. */
  readonly loadAverage: number;
  /** A write of 4 kB at a file's end and fdatasync, in the folder where the data is. */
  readonly datasyncP50Ms: number;
  readonly datasyncP99Ms: number;
}

const SYNCS = 300;

const datasyncLatencies = async (): Promise<number[]> => {
  const folder = scratchFolder();
  const file = await open(join(folder, 'syncs'), 'a');
  const latenciesMs: number[] = [];
  const block = Buffer.alloc(4096, 'x');
  for (let sync = 0; sync < SYNCS; sync++) {
    const startMs = performance.now();
    await file.write(block);
    await file.datasync();
    latenciesMs.push(performance.now() - startMs);
  }
  await file.close();
  removeScratchFolder(folder);
  return latenciesMs;
};

export const describeMachine = async (): Promise<Machine> => {
  const loadAverage = loadavg()[0] ?? 0;
  const syncsMs = await datasyncLatencies();
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    loadAverage,
    datasyncP50Ms: percentile(syncsMs, 0.5),
    datasyncP99Ms: percentile(syncsMs, 0.99),
  };
};

export const machineText = (machine: Machine): string =>
  [
    `${machine.date.slice(0, 16).replace('T', ' ')} UTC, Node.js ${machine.node}, ${machine.system}`,
    `${machine.cores} x ${machine.cpu}, ${machine.memoryGb} GB, load average ${machine.loadAverage.toFixed(2)}`,
    `write + fdatasync of 4 kB: p50 ${machine.datasyncP50Ms.toFixed(2)} ms, p99 ${machine.datasyncP99Ms.toFixed(2)} ms`,
  ].join('\n');
