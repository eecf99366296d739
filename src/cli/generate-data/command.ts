import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import { generateDataCommand as commandWith } from './options.ts';

export const generateDataCommand = (end: (code: ExitCode) => void): Command =>
  commandWith(async (options) => {
    const { generateData } = await import('./generate-data.ts');
    end(await generateData(options));
  });
